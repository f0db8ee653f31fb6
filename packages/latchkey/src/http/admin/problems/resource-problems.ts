// The catalog entries about single resources: what does not exist, conflicts, and other refusals.

export const NOT_HERE = 'There is no such thing here'

/** In the order of the page: by status. */
export const RESOURCE_PROBLEMS = {
  unknown_scope: {
    status: 400,
    title: 'There is no such scope',
    meaning: 'The request names a scope that this server does not have.',
    cure: 'Take one of the scopes that "detail" lists, or create the scope first.',
  },
  sign_in_failed: {
    status: 401,
    title: 'The sign-in failed',
    meaning:
      'The e-mail is not that of an operator, the password is another one, or the operator is disabled or has not chosen a password yet.',
    cure: 'Try again. An owner can make a link for a new password: latchkey operators reset.',
  },
  unknown_integration: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No integration has this id or client ID; it may have been deleted.',
    cure: 'List the integrations to find it. Ids begin with int_, client IDs with lk.',
  },
  unknown_secret: {
    status: 404,
    title: NOT_HERE,
    meaning: 'The integration has no secret with this id.',
    cure: 'List the secrets of the integration. Ids begin with sec_.',
  },
  unknown_slot: {
    status: 404,
    title: NOT_HERE,
    meaning: 'The integration never had this scope.',
    cure: 'List the tokens of the integration to see its scopes.',
  },
  no_such_scope: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No scope has the name in the path; it may have been deleted.',
    cure: 'List the scopes to find it. Names are compared as they are spelled, and percent-encoded in a path.',
  },
  unknown_api: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No API has this id; it may have been deleted, also together with its scope.',
    cure: 'List the APIs to find it. Ids begin with api_.',
  },
  unknown_admin_key: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No admin key has this id.',
    cure: 'List the admin keys to find it. Ids begin with adk_.',
  },
  unknown_operator: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No operator has this id; they may have been removed.',
    cure: 'List the operators to find them. Ids begin with opr_.',
  },
  unknown_session: {
    status: 404,
    title: NOT_HERE,
    meaning: 'The operator has no session with this id; it may be over.',
    cure: 'List the sessions of the operator. Ids begin with ses_.',
  },
  unknown_signing_key: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No signing key has this id; its last token may be over, and then the key is gone.',
    cure: 'List the signing keys to find it. Its id is the kid in the header of its tokens.',
  },
  rotation_in_progress: {
    status: 409,
    title: 'A rotation is under way',
    meaning: 'A next signing key is published already. Verifiers get to know one new key at a time.',
    cure: 'Wait until it signs: it does so by itself, at the signs_from that the list of keys shows.',
  },
  changed_meanwhile: {
    status: 409,
    title: 'It was changed at the same time',
    meaning: 'Another request changed an entry of the manifest after the server compared it and before the commit.',
    cure: 'Send the request again: the server compares it with the new state.',
  },
  two_secrets_valid: {
    status: 409,
    title: 'Two secrets work already',
    meaning: 'An integration has at most two secrets that work at once, so that a rotation always has an end.',
    cure: 'Name one of the two in end_secret, or rotate with overlap_seconds 0, which ends both.',
  },
  secret_not_kept: {
    status: 409,
    title: 'There is no readable copy',
    meaning: 'The secret was imported as a hash, or LATCHKEY_SECRET_REVEAL=never makes secrets show-once.',
    cure: 'Rotate the secret: the answer shows the new one.',
  },
  scope_exists: {
    status: 409,
    title: 'The scope exists already',
    meaning: 'A scope of this name exists.',
    cure: 'Change the existing one, or use another name.',
  },
  scope_in_use: {
    status: 409,
    title: 'The scope is in use',
    meaning:
      'Integrations are allowed the scope or hold the resource-server right for it, APIs ask for it, or tokens of it are live.',
    cure: 'The member in_use lists the uses. To end them and delete the scope in one step, send the request with ?force=true.',
  },
  api_exists: {
    status: 409,
    title: 'The API exists already',
    meaning: 'An API of this name exists.',
    cure: 'Change the existing one, or use another name.',
  },
  last_owner_key: {
    status: 409,
    title: 'This is the last key of an owner',
    meaning: 'Without this admin key no caller could administer admin keys and signing keys.',
    cure: 'Create another key with the role owner first.',
  },
  operator_exists: {
    status: 409,
    title: 'The operator exists already',
    meaning: 'An operator has this e-mail.',
    cure: 'Reset the operator for a new link, or change their role.',
  },
  operator_disabled: {
    status: 409,
    title: 'The operator is disabled',
    meaning: 'A disabled operator gets no link for a new password.',
    cure: 'Set the status to active first.',
  },
  last_owner: {
    status: 409,
    title: 'This is the last owner',
    meaning: 'Without this operator no signed-in operator could administer operators.',
    cure: 'Make another operator an owner first, who must have chosen a password.',
  },
  owner_exists: {
    status: 409,
    title: 'The server is set up',
    meaning: 'There is an owner who can sign in, so there is no link for the first one.',
    cure: 'For a lost password: latchkey operators reset.',
  },
  limit_reached: {
    status: 409,
    title: 'The limit is reached',
    meaning: 'A list that is kept in memory and shown in one piece has reached its limit.',
    cure: 'Delete what is not used.',
  },
  backed_up_elsewhere: {
    status: 409,
    title: 'The store is in PostgreSQL',
    meaning: 'This server keeps its store in a PostgreSQL database, whose own programs make its backups.',
    cure: 'Use pg_dump, or base backups and the write-ahead log. After a restore run latchkey after-restore on the database.',
  },
  backup_under_way: {
    status: 409,
    title: 'A backup is under way',
    meaning: 'One backup at a time is made and handed out: each takes as much room on the disk as the store.',
    cure: 'Wait until the other one is downloaded, or stop that download.',
  },
  set_up_code_unusable: {
    status: 410,
    title: 'The link does not work',
    meaning: 'The code of the link was used, was replaced by a newer one, has expired, or never existed.',
    cure: 'For the first owner: latchkey setup-link. For others: ask an owner for a new link.',
  },
  token_request_refused: {
    status: 422,
    title: 'The client would get no token',
    meaning:
      'A token was requested in the name of an integration, and the token endpoint would refuse this request: a wrong secret, a disabled integration, an address or a scope that it is not allowed.',
    cure: 'Read "detail". The live token is untouched.',
  },
  sign_in_busy: {
    status: 503,
    title: 'Too many sign-ins at this moment',
    meaning: 'Checking a password is slow on purpose, and the server checks only a few at once.',
    cure: 'Try again after Retry-After.',
  },
  too_many_streams: {
    status: 503,
    title: 'Too many event streams are open',
    meaning: 'The maximum number of clients reads the events of this server.',
    cure: 'Close an unused stream, or try again later.',
  },
  no_room_for_backup: {
    status: 507,
    title: 'The disk has no room for a backup',
    meaning:
      'A backup is made beside the store, on its disk, before it is handed out. There is not enough room for that and for the store to go on.',
    cure: 'Make room on the disk that holds the data folder: as much as the store takes, and 32 MiB more.',
  },
} as const
