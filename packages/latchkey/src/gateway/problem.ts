// The problem documents (RFC 9457) of the gateway, for every error that does not concern the token.
import { STATUS_CODES } from 'node:http'

export interface Problem {
  readonly status: 400 | 404 | 405 | 408 | 413 | 431 | 500 | 502 | 503 | 504
  /** A stable code for programs. */
  readonly code: string
  /** A sentence that describes the problem. */
  readonly detail: string
  readonly retryAfterSeconds?: number
}

export const PROBLEMS = {
  noRoute: { status: 404, code: 'no_route', detail: 'No API has this path.' },
  methodNotPassed: { status: 405, code: 'method_not_allowed', detail: 'The gateway does not support this method.' },
  twoHosts: { status: 400, code: 'invalid_request', detail: 'The request has more than one Host header.' },
  hostUnusable: { status: 400, code: 'invalid_request', detail: 'The Host header is missing or malformed.' },
  codingUnknown: {
    status: 400,
    code: 'invalid_request',
    detail:
      'The gateway cannot decode the transfer coding. Send the body without a transfer coding, or chunked in HTTP/1.1.',
  },
  typeUnreadable: { status: 400, code: 'invalid_request', detail: 'The Content-Type is not a media type.' },
  bodyTooLarge: { status: 413, code: 'body_too_large', detail: 'The body is too large.' },
  tooMany: {
    status: 503,
    code: 'overloaded',
    detail: 'The gateway is handling too many requests. Try again.',
    retryAfterSeconds: 1,
  },
  unreachable: { status: 502, code: 'upstream_unreachable', detail: 'The API could not be reached.' },
  broken: { status: 502, code: 'upstream_broken', detail: 'The answer of the API was not valid HTTP, or broke off.' },
  late: { status: 504, code: 'upstream_late', detail: 'The API did not answer in time.' },
  fault: { status: 500, code: 'server_error', detail: 'The gateway failed. The request id names its log entry.' },
} as const satisfies Record<string, Problem>

export const problemHeaders = ({ retryAfterSeconds }: Problem): Record<string, string> => ({
  'content-type': 'application/problem+json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
})

export const problemBody = ({ status, code, detail }: Problem, requestId: string): string =>
  JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, code, request_id: requestId })
