// The catalog of the problems: code, status, title and remedy. resource-problems.ts has the problems of resources.
import { NOT_HERE, RESOURCE_PROBLEMS } from './resource-problems.ts'

export interface ProblemEntry {
  readonly status: number
  /** The title. It is the same for every problem with this code (RFC 9457 §3.1.4). */
  readonly title: string
  /** When the server answers with this problem, for the page of problems. */
  readonly meaning: string
  /** What the caller should do, for the page of problems. */
  readonly cure: string
}

const UNUSABLE = 'The request is not usable as it is'

/** The problems that any route can answer with. */
const REQUEST_PROBLEMS = {
  invalid_request: {
    status: 400,
    title: UNUSABLE,
    meaning:
      'A member of the body, a query parameter, a header or the path is missing, is unknown or has an invalid value.',
    cure: 'Read "errors": each entry names a place in the request and what the server expects there. Nothing was changed.',
  },
  malformed_request: {
    status: 400,
    title: UNUSABLE,
    meaning: 'The bytes on the connection are not HTTP/1.1.',
    cure: 'Check that the client uses plain HTTP for a listener without a certificate, and HTTPS for a listener with a certificate.',
  },
  admin_key_needed: {
    status: 401,
    title: 'An admin key is needed',
    meaning:
      'The request has no admin key, or its key is unknown, expired, revoked or not accepted from the address of the request. Access tokens of integrations are never admin keys.',
    cure: 'Send "Authorization: Bearer <admin key>". The first start writes a key to the file admin.key in the data folder. That key is accepted only on the machine of the server.',
  },
  session_ended: {
    status: 401,
    title: 'The session is over',
    meaning:
      'The cookie does not belong to a session. The session was not used for half an hour, is older than twelve hours, or was signed out.',
    cure: 'Sign in again.',
  },
  role_too_low: {
    status: 403,
    title: 'The role is too low for this request',
    meaning: 'The admin key or the session is valid, but its role is lower than the role that this request needs.',
    cure: 'Use a key with the role that "detail" names, or ask an owner for such a key.',
  },
  csrf_refused: {
    status: 403,
    title: 'The request did not come from a page of the console',
    meaning:
      'A request with a session cookie, a sign-in or a set-up came without the Origin of this listener, or without the header X-Latchkey-Console: 1.',
    cure: 'Send the request from a page of this listener. In a program, use an admin key instead of a cookie.',
  },
  request_timeout: {
    status: 408,
    title: UNUSABLE,
    meaning: 'The request was not complete in time.',
    cure: 'Send the request again without pauses.',
  },
  stale_version: {
    status: 412,
    title: 'The record has changed since it was read',
    meaning: 'The record has another version than If-Match names: another caller has changed the record.',
    cure: 'Read the record again, check what changed, and send your change with the new ETag.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is too large',
    meaning: 'The body is larger than the limit of this route.',
    cure: 'Send a smaller body, or several requests.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The media type is not supported',
    meaning: 'This route does not read bodies of this Content-Type.',
    cure: 'Send the body as application/json.',
  },
  wrong_host: {
    status: 421,
    title: 'This listener does not serve that host',
    meaning:
      'The Host header is not an address of this listener. The server refuses the request, because a page of another site could otherwise reach this listener by pointing its own DNS name here (DNS rebinding).',
    cure: 'Use an address of the listener in the URL, with its port. A proxy must send the address that it connects to as the Host header.',
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
    meaning: 'The request has no If-Match header. Without it, a change could overwrite the change of another caller.',
    cure: 'Read the record first, and send the ETag of that answer as If-Match.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests in a short time',
    meaning: 'The request exceeds a rate limit that protects secrets or the server.',
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
    meaning: 'No route has this method and this path.',
    cure: 'Compare the method and the path with the reference at /docs. The paths of the admin API begin with /admin/v1.',
  },
  internal_error: {
    status: 500,
    title: 'The server failed',
    meaning: 'The server has an internal fault.',
    cure: 'Find the cause in the log, under the request_id of the answer.',
  },
  store_unavailable: {
    status: 503,
    title: 'The store is not available now',
    meaning:
      'The store accepts no writes or does not answer, for example because its disk is full or its database is down. The server does not know of any change by this request.',
    cure: 'Try again after the seconds in Retry-After. Check /readyz, the log, and the disk of the data folder or the database.',
  },
} as const

const ALL_PROBLEMS = {
  ...REQUEST_PROBLEMS,
  ...RESOURCE_PROBLEMS,
  ...SERVER_PROBLEMS,
} satisfies Readonly<Record<string, ProblemEntry>>

/** All problems in the order of the page: by status. */
export const PROBLEMS = Object.fromEntries(
  Object.entries(ALL_PROBLEMS).toSorted(([, one], [, other]) => one.status - other.status),
) as typeof ALL_PROBLEMS

export type ProblemCode = keyof typeof PROBLEMS
