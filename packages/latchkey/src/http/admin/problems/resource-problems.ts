// The catalog entries about resources: a resource that does not exist, a conflict, and other refusals.

export const NOT_HERE = 'The resource does not exist'

/** The problems in the order of the page: by status. */
export const RESOURCE_PROBLEMS = {
  private_key_sent: {
    status: 400,
    title: 'The request contains a private key',
    meaning:
      'The request contains private members of a key, which is therefore no longer secret. The server has stored and logged no part of the key.',
    cure: 'Generate a new key pair, and send only its public key. The private key stays with the client.',
  },
  unknown_scope: {
    status: 400,
    title: 'There is no such scope',
    meaning: 'The request names a scope that this server does not have.',
    cure: 'Use one of the scopes that "detail" lists, or create the scope first.',
  },
  sign_in_failed: {
    status: 401,
    title: 'The sign-in failed',
    meaning:
      'No operator has this e-mail, the password is wrong, or the operator is disabled or has not chosen a password yet.',
    cure: 'Try again. An owner can make a link for a new password: latchkey operators reset.',
  },
  unknown_integration: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No integration has this id or client ID. The integration may have been deleted.',
    cure: 'List the integrations to find it. Ids begin with int_, client IDs with lk.',
  },
  unknown_secret: {
    status: 404,
    title: NOT_HERE,
    meaning: 'The integration has no secret with this id.',
    cure: 'List the secrets of the integration. Ids begin with sec_.',
  },
  unknown_credential: {
    status: 404,
    title: NOT_HERE,
    meaning: 'The integration has no credential with this id.',
    cure: 'List the credentials of the integration. Ids begin with key_, src_ or tru_.',
  },
  unknown_trusted_issuer: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No trusted issuer has this id or name. The issuer may have been deleted.',
    cure: 'List the trusted issuers to find it. Ids begin with iss_.',
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
    meaning: 'No scope has the name in the path. The scope may have been deleted.',
    cure: 'List the scopes to find it. Names are compared in their exact spelling, and percent-encoded in a path.',
  },
  unknown_api: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No API has this id. The API may have been deleted, perhaps together with its scope.',
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
    meaning: 'No operator has this id. The operator may have been removed.',
    cure: 'List the operators to find them. Ids begin with opr_.',
  },
  unknown_session: {
    status: 404,
    title: NOT_HERE,
    meaning: 'The operator has no session with this id. The session may have ended.',
    cure: 'List the sessions of the operator. Ids begin with ses_.',
  },
  unknown_signing_key: {
    status: 404,
    title: NOT_HERE,
    meaning: 'No signing key has this id. A key is removed when its last token has expired.',
    cure: 'List the signing keys to find the key. Its id is the kid in the header of its tokens.',
  },
  rotation_in_progress: {
    status: 409,
    title: 'A rotation is under way',
    meaning: 'A next signing key is published already. Only one new key can be published at a time.',
    cure: 'Wait until the next key signs. It begins by itself at the signs_from that the list of keys shows.',
  },
  changed_meanwhile: {
    status: 409,
    title: 'Another request changed the entry at the same time',
    meaning: "Another request changed an entry of the manifest between the server's comparison and the commit.",
    cure: 'Send the request again. The server then compares the manifest with the new state.',
  },
  kid_taken: {
    status: 409,
    title: 'A key has this kid already',
    meaning:
      'A valid key of the integration has the same key ID, so an assertion could not say which of the two keys signed it.',
    cure: 'Give the new key another kid, or end the other key first.',
  },
  too_many_keys: {
    status: 409,
    title: 'The integration has too many keys',
    meaning: 'An integration has at most 4 valid keys, and at most 2 of one algorithm.',
    cure: 'End a key that is no longer used. The list shows for each key whether that is safe.',
  },
  jwks_uri_beside_keys: {
    status: 409,
    title: 'The integration has keys or a jwks_uri already',
    meaning: 'An integration has either keys or one jwks_uri, from which the server fetches the keys.',
    cure: 'End the other keys or the other jwks_uri first. A secret keeps the program working in between.',
  },
  too_many_rules: {
    status: 409,
    title: 'The integration has too many trust rules',
    meaning: 'An integration has at most 8 valid trust rules.',
    cure: 'End a rule that is no longer used. The list shows for each rule whether that is safe.',
  },
  issuer_exists: {
    status: 409,
    title: 'The trusted issuer exists already',
    meaning: 'Another trusted issuer has the same name or the same URL.',
    cure: 'Use that issuer, or choose another name. Two issuers cannot have one URL.',
  },
  issuer_in_use: {
    status: 409,
    title: 'Trust rules use the issuer',
    meaning: 'Integrations have trust rules of this issuer that have not ended.',
    cure: 'End these rules first, or disable the issuer. The assertions of a disabled issuer authenticate no client.',
  },
  two_secrets_valid: {
    status: 409,
    title: 'Two secrets work already',
    meaning: 'An integration has at most two valid secrets, so that a rotation always comes to an end.',
    cure: 'Name one of the two in end_secret, or rotate with overlap_seconds 0, which ends both.',
  },
  secret_not_kept: {
    status: 409,
    title: 'There is no readable copy',
    meaning: 'The secret was imported as a hash, or LATCHKEY_SECRET_REVEAL=never is set.',
    cure: 'Rotate the secret. The answer shows the new secret.',
  },
  scope_exists: {
    status: 409,
    title: 'The scope exists already',
    meaning: 'A scope of this name exists already.',
    cure: 'Change the existing scope, or use another name.',
  },
  scope_in_use: {
    status: 409,
    title: 'The scope is in use',
    meaning:
      'The scope is in use: integrations may request it or have the resource-server right for it, APIs require it, or tokens of it are live.',
    cure: 'The member in_use lists the uses. To end them and delete the scope in one step, send the request with ?force=true.',
  },
  api_exists: {
    status: 409,
    title: 'The API exists already',
    meaning: 'An API of this name exists already.',
    cure: 'Change the existing API, or use another name.',
  },
  last_owner_key: {
    status: 409,
    title: 'This is the last key of an owner',
    meaning: 'Without this admin key, no admin key could administer admin keys and signing keys.',
    cure: 'Create another key with the role owner first.',
  },
  operator_exists: {
    status: 409,
    title: 'The operator exists already',
    meaning: 'An operator with this e-mail exists.',
    cure: "Reset the operator to get a new link, or change the operator's role.",
  },
  operator_disabled: {
    status: 409,
    title: 'The operator is disabled',
    meaning: 'A disabled operator cannot get a link for a new password.',
    cure: 'Set the status to active first.',
  },
  last_owner: {
    status: 409,
    title: 'This is the last owner',
    meaning: 'Without this operator no operator could administer operators.',
    cure: 'Make another operator an owner first. That operator must have chosen a password.',
  },
  owner_exists: {
    status: 409,
    title: 'The server is set up',
    meaning: 'An owner can sign in already, so the server makes no link for the first owner.',
    cure: 'If the password is lost, run: latchkey operators reset.',
  },
  limit_reached: {
    status: 409,
    title: 'The limit is reached',
    meaning:
      'The list has reached its limit. The limit exists because the server keeps the list in memory and sends it in one answer.',
    cure: 'Delete entries that are not used.',
  },
  backed_up_elsewhere: {
    status: 409,
    title: 'The store is in PostgreSQL',
    meaning: 'This server keeps its store in a PostgreSQL database. Use the backup programs of PostgreSQL.',
    cure: 'Use pg_dump, or base backups and the write-ahead log. After a restore run latchkey after-restore on the database.',
  },
  backup_under_way: {
    status: 409,
    title: 'A backup is under way',
    meaning:
      'Another backup is in progress. The server makes one backup at a time, because each takes as much disk space as the store.',
    cure: 'Wait until the other backup is downloaded, or stop that download.',
  },
  set_up_code_unusable: {
    status: 410,
    title: 'The link does not work',
    meaning: 'The code of the link was used, was replaced by a newer link, has expired, or never existed.',
    cure: 'For the first owner: latchkey setup-link. For others: ask an owner for a new link.',
  },
  token_request_refused: {
    status: 422,
    title: 'A request of the client would get no token',
    meaning:
      'The server refused a trial request for a token, as it would refuse the same request of the client. The secret is wrong, the assertion is not accepted, the integration is disabled, or the address or the scope is not allowed.',
    cure: 'Correct what "detail" names. The live token stays live.',
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
    meaning: 'The server already has its largest number of event streams.',
    cure: 'Close an unused stream, or try again later.',
  },
  no_room_for_backup: {
    status: 507,
    title: 'The disk has no room for a backup',
    meaning:
      'The server makes a backup on the disk of the store, before it sends the backup. The disk has too little free space for that.',
    cure: 'Free some space on the disk of the data folder: as much as the store takes, and 32 MiB more.',
  },
} as const
