// Every problem that the admin API can answer with: the one place where a code has its status, its title and its cure.
import { BACKUP_CONFLICTS, NO_ROOM_FOR_BACKUP } from './backup-problem-entries.ts'
import type { ProblemEntry } from './problem-entry.ts'

const UNUSABLE = 'The request is not usable as it is'
const NOT_HERE = 'There is no such thing here'

/** In the order of the page: by status. */
export const PROBLEMS = {
  invalid_request: {
    status: 400,
    title: UNUSABLE,
    meaning:
      'A member of the body, a query parameter, a header or the path is missing, unknown or has an unusable value.',
    cure: 'Read "errors": each entry names the place and what is expected there. Nothing was changed.',
  },
  malformed_request: {
    status: 400,
    title: UNUSABLE,
    meaning: 'What arrived on the connection is not HTTP/1.1.',
    cure: 'Check that the client speaks plain HTTP to a plain listener and HTTPS to one with a certificate.',
  },
  unknown_scope: {
    status: 400,
    title: 'There is no such scope',
    meaning: 'The request names a scope that this server does not have.',
    cure: 'Take one of the scopes that "detail" lists, or create the scope first.',
  },
  admin_key_needed: {
    status: 401,
    title: 'An admin key is needed',
    meaning:
      'The request has no admin key, or one that is unknown, expired, revoked or not accepted from where the request came. Access tokens of integrations are never admin keys.',
    cure: 'Send "Authorization: Bearer <admin key>". The first start leaves a key in the file admin.key of the data folder; it works on the machine of the server.',
  },
  session_ended: {
    status: 401,
    title: 'The session is over',
    meaning:
      'The cookie belongs to no session: it was not used for half an hour, is older than twelve hours, or was signed out.',
    cure: 'Sign in again.',
  },
  sign_in_failed: {
    status: 401,
    title: 'The sign-in failed',
    meaning:
      'The e-mail is not that of an operator, the password is another one, or the operator is disabled or has not chosen a password yet.',
    cure: 'Try again. An owner can make a link for a new password: latchkey operators reset.',
  },
  role_too_low: {
    status: 403,
    title: 'The role is too low for this',
    meaning: 'The admin key or the session is good, but its role is lower than the one that this act needs.',
    cure: 'Use a key with the role that "detail" names, or ask an owner for one.',
  },
  csrf_refused: {
    status: 403,
    title: 'This did not come from a page of the console',
    meaning:
      'A change with the cookie of a session, a sign-in or a set-up came without the own Origin of this listener, or without the header X-Latchkey-Console: 1.',
    cure: 'Send it from a page of this listener. A program uses an admin key instead of a cookie.',
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
  unknown_route: {
    status: 404,
    title: NOT_HERE,
    meaning: 'Nothing answers this method on this path.',
    cure: 'Check method and path against the reference at /docs. The admin API is under /admin/v1.',
  },
  request_timeout: {
    status: 408,
    title: UNUSABLE,
    meaning: 'The request began to arrive and was not complete in time.',
    cure: 'Send it again, in one go.',
  },
  rotation_in_progress: {
    status: 409,
    title: 'A rotation is under way',
    meaning: 'A next signing key is published already. Verifiers get to know one new key at a time.',
    cure: 'Wait until it signs: it does so by itself, at the signs_from that the list of keys shows.',
  },
  changed_meanwhile: {
    status: 409,
    title: 'It was changed in the same moment',
    meaning: 'A declared set-up met something that somebody else changed between the look and the commit.',
    cure: 'Send the request again: it compares with what is there by then.',
  },
  two_secrets_valid: {
    status: 409,
    title: 'Two secrets work already',
    meaning: 'An integration has at most two secrets that work at once, so that a rotation always has an end.',
    cure: 'End one of the two, or rotate with overlap_seconds 0, which ends both.',
  },
  secret_not_kept: {
    status: 409,
    title: 'There is no readable copy',
    meaning: 'The secret was imported as a hash, or LATCHKEY_SECRET_REVEAL=never makes secrets show-once.',
    cure: 'Rotate the secret: the answer shows the new one.',
  },
  scope_exists: {
    status: 409,
    title: 'There is such a scope already',
    meaning: 'A scope of this name exists.',
    cure: 'Change the one that exists, or take another name.',
  },
  scope_in_use: {
    status: 409,
    title: 'The scope is in use',
    meaning:
      'Integrations are allowed the scope or hold the resource-server right for it, APIs ask for it, or tokens of it are live.',
    cure: 'Look at in_use. To end all of that and delete the scope in one act, send the request with ?force=true.',
  },
  api_exists: {
    status: 409,
    title: 'There is such an API already',
    meaning: 'An API of this name exists.',
    cure: 'Change the one that exists, or take another name.',
  },
  last_owner_key: {
    status: 409,
    title: 'This is the last key of an owner',
    meaning: 'Without this admin key nobody could administer admin keys and signing keys any more.',
    cure: 'Create another key with the role owner first.',
  },
  operator_exists: {
    status: 409,
    title: 'There is such an operator already',
    meaning: 'An operator has this e-mail.',
    cure: 'Reset the operator for a new link, or change their role.',
  },
  operator_disabled: {
    status: 409,
    title: 'The operator is disabled',
    meaning: 'One who is disabled gets no link for a new password.',
    cure: 'Set the status to active first.',
  },
  last_owner: {
    status: 409,
    title: 'This is the last owner',
    meaning: 'Without this operator nobody who signs in could administer operators any more.',
    cure: 'Make somebody else an owner first, and let them choose their password.',
  },
  owner_exists: {
    status: 409,
    title: 'The server is set up',
    meaning: 'There is an owner who can sign in, so there is no link for the first one.',
    cure: 'For a lost password: latchkey operators reset.',
  },
  limit_reached: {
    status: 409,
    title: 'There are as many as there may be',
    meaning: 'A list that is kept in memory and shown in one piece has reached its limit.',
    cure: 'Delete what is not used.',
  },
  ...BACKUP_CONFLICTS,
  set_up_code_unusable: {
    status: 410,
    title: 'The link does not work any more',
    meaning: 'The code of the link was used, replaced by a newer one, is over, or never was.',
    cure: 'For the first owner: latchkey setup-link. For others: ask an owner for a new link.',
  },
  stale_version: {
    status: 412,
    title: 'It has changed since it was read',
    meaning: 'The version in If-Match is not the present one: somebody else changed this in the meantime.',
    cure: 'Read it again, look at what changed, and send the change with the new ETag.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body is larger than this route reads.',
    cure: 'Send less, or in several requests.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This is not read here',
    meaning: 'The Content-Type of the body is not one that this route reads.',
    cure: 'Send the body as application/json.',
  },
  wrong_host: {
    status: 421,
    title: 'This listener does not answer for that host',
    meaning:
      'The Host header is not an address of this listener. Answering it would open the way for pages of other sites that point their own name here.',
    cure: 'Call the listener by the address it listens on, with its port. A proxy must send the address that it connects to as the Host header.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This key stands for another request',
    meaning: 'The Idempotency-Key was sent within the last day with another method, path or body.',
    cure: 'Take a new key for a new request; repeat a request with the very same body.',
  },
  token_request_refused: {
    status: 422,
    title: 'The client would get no token',
    meaning:
      'A token was requested in the name of an integration, and the token endpoint would refuse this request: a wrong secret, a disabled integration, an address or a scope that it is not allowed.',
    cure: 'Read "detail". The live token is untouched.',
  },
  if_match_needed: {
    status: 428,
    title: 'The version that is to be changed must be named',
    meaning: 'A change without If-Match could undo what somebody else just did.',
    cure: 'Read it first and send the ETag of that answer as If-Match.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many of these in a short time',
    meaning: 'A limit that protects secrets or the server was reached.',
    cure: 'Wait as many seconds as Retry-After says.',
  },
  headers_too_large: {
    status: 431,
    title: UNUSABLE,
    meaning: 'The headers together are larger than 16 KiB.',
    cure: 'Send fewer or shorter headers.',
  },
  internal_error: {
    status: 500,
    title: 'The server failed',
    meaning: 'The server met a fault of its own.',
    cure: 'The log has the cause under the request_id of the answer.',
  },
  sign_in_busy: {
    status: 503,
    title: 'Too many sign-ins at this moment',
    meaning: 'Checking a password is slow on purpose, and only so many are checked at once.',
    cure: 'Try again after Retry-After.',
  },
  too_many_streams: {
    status: 503,
    title: 'Too many event streams are open',
    meaning: 'As many clients as there can be are watching the events of this server.',
    cure: 'Close a stream that nobody reads, or ask again later.',
  },
  store_unavailable: {
    status: 503,
    title: 'The state is not known right now',
    meaning:
      'The store takes no writes or does not answer, for example since its disk is full or its database is away. Nothing is known to have changed.',
    cure: 'Ask again after Retry-After; look at /readyz, in the log, and at the disk that holds the data folder or at the database.',
  },
  ...NO_ROOM_FOR_BACKUP,
} as const satisfies Readonly<Record<string, ProblemEntry>>

export type ProblemCode = keyof typeof PROBLEMS
