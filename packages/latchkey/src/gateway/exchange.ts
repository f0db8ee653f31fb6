// One request and its response in the gateway, with its line in the access log.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TokenClaims } from '@latchkey/guard'
import { hasClientSecretShape } from '@latchkey/protocol'
import type { AccessLog } from '../log.ts'
import type { GatewayApi } from '../config/gateway-config.ts'
import { parameterNames, WITHHELD } from '../http/parameter-names.ts'
import type { Found } from './route-table.ts'

export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly id: string
  readonly method: string
  /**
   * The addresses on the path of the request, the nearest proxy first and the client last. Entries that no trusted
   * proxy has added are left out.
   */
  readonly addresses: readonly string[]
  /** When the request began, in milliseconds of the monotonic clock. */
  readonly begunAt: number
  readonly found: Found<GatewayApi> | undefined
  /** True if the client has closed its connection before the end of the answer. */
  isGone: boolean
  /** The answer of the upstream. Undefined until the gateway has passed the request on. */
  upstream?: { abandon(): void }
  claims?: TokenClaims
  /** The reason why the gateway refused the request or the upstream failed. */
  reason?: string
}

/** The answer that the client got. `isWhole` is false if the answer broke off. */
interface Answered {
  readonly status: number
  readonly isWhole: boolean
}

/**
 * Writes the access log line of a request. The line never contains the token, a body, a header or the value of a query
 * parameter. It contains the path only if the path belongs to an API, because a caller may have put a secret into any
 * other path by mistake.
 */
export function logRequest(log: AccessLog, exchange: Exchange, { status, isWhole }: Answered): void {
  const { id, method, addresses, begunAt, found, claims, reason } = exchange
  log({
    event: 'request',
    request_id: id,
    'http.request.method': method,
    'http.route': found?.route,
    'url.path': found === undefined ? undefined : loggedPath(found.path),
    'url.query.names': found === undefined || found.query === '' ? undefined : parameterNames(found.query.slice(1)),
    api: found?.api.name,
    'http.response.status_code': status,
    'client.address': addresses.at(-1),
    duration_ms: Math.round((performance.now() - begunAt) * 10) / 10,
    client_id: claims?.clientId,
    scope: claims?.scope,
    jti: claims?.jti,
    reason,
    cut: isWhole ? undefined : true,
    msg: 'request',
  })
}

// The longest path segment that is logged. A SHA-256 in hexadecimal digits has 64 characters and may be logged, and
// every token is longer.
const LONGEST_SEGMENT = 64
const LONGEST_PATH = 256

/**
 * Returns the first 256 characters of the path. Replaces each segment that may be a token or a client secret by
 * `[other]`, because a caller may put secrets into a path by mistake.
 *
 * @param path the path that the gateway passes on to the upstream, in ASCII
 */
function loggedPath(path: string): string {
  const segments = path.split('/').map((segment) => (isRepeatable(segment) ? segment : WITHHELD))
  return segments.join('/').slice(0, LONGEST_PATH)
}

const isRepeatable = (segment: string): boolean => segment.length <= LONGEST_SEGMENT && !hasClientSecretShape(segment)
