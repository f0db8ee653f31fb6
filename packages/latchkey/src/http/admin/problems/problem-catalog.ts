// Every problem of the admin API: its code, status, title and cure. No other file defines them.
import { NOT_HERE, RESOURCE_PROBLEMS } from './resource-problems.ts'

export interface ProblemEntry {
  readonly status: number
  /** The same for every problem of this code (RFC 9457 §3.1.4). */
  readonly title: string
  /** For the page of problems: when the server answers this. */
  readonly meaning: string
  /** For the page of problems: what the caller should do. */
  readonly cure: string
}

const UNUSABLE = 'The request is not usable as it is'

/** Any route can answer these. */
const REQUEST_PROBLEMS = {
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
  request_timeout: {
    status: 408,
    title: UNUSABLE,
    meaning: 'The request was not complete in time.',
    cure: 'Send it again without pauses.',
  },
  stale_version: {
    status: 412,
    title: 'It has changed since it was read',
    meaning: 'The version in If-Match is not the current one: another caller has changed the record.',
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
    title: 'The media type is not supported',
    meaning: 'This route does not read bodies of this Content-Type.',
    cure: 'Send the body as application/json.',
  },
  wrong_host: {
    status: 421,
    title: 'This listener does not answer for that host',
    meaning:
      'The Host header is not an address of this listener. If it were answered, a page of another site could reach this listener by pointing its own DNS name here (DNS rebinding).',
    cure: 'Call the listener by the address it listens on, with its port. A proxy must send the address that it connects to as the Host header.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    meaning: 'The Idempotency-Key was sent within the last day with another method, path or body.',
    cure: 'Use a new key for a new request. Repeat a request with exactly the same body.',
  },
  if_match_needed: {
    status: 428,
    title: 'The header If-Match is missing',
    meaning: 'A change without If-Match could overwrite the change of another caller.',
    cure: 'Read it first and send the ETag of that answer as If-Match.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many of these in a short time',
    meaning: 'A limit that protects secrets or the server was reached.',
    cure: 'Wait the number of seconds in Retry-After.',
  },
  headers_too_large: {
    status: 431,
    title: UNUSABLE,
    meaning: 'The headers together are larger than 16 KiB.',
    cure: 'Send fewer or shorter headers.',
  },
} as const

const SERVER_PROBLEMS = {
  unknown_route: {
    status: 404,
    title: NOT_HERE,
    meaning: 'Nothing answers this method on this path.',
    cure: 'Check method and path against the reference at /docs. The admin API is under /admin/v1.',
  },
  internal_error: {
    status: 500,
    title: 'The server failed',
    meaning: 'The server has an internal fault.',
    cure: 'The log has the cause under the request_id of the answer.',
  },
  store_unavailable: {
    status: 503,
    title: 'The state is not known right now',
    meaning:
      'The store accepts no writes or does not answer, for example because its disk is full or its database is down. No change is known to have happened.',
    cure: 'Try again after Retry-After. Check /readyz, the log, and the disk of the data folder or the database.',
  },
} as const

const ALL_PROBLEMS = {
  ...REQUEST_PROBLEMS,
  ...RESOURCE_PROBLEMS,
  ...SERVER_PROBLEMS,
} satisfies Readonly<Record<string, ProblemEntry>>

/** In the order of the page: by status. */
export const PROBLEMS = Object.fromEntries(
  Object.entries(ALL_PROBLEMS).toSorted(([, one], [, other]) => one.status - other.status),
) as typeof ALL_PROBLEMS

export type ProblemCode = keyof typeof PROBLEMS
