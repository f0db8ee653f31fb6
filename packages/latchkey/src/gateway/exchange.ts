// One request on its way through: what was found out about it, and its line in the access log.
import type { TokenClaims } from '@latchkey/guard'
import type { AccessLog } from '../log.ts'
import type { GatewayApi } from '../config/gateway-config.ts'
import type { Found } from './route-table.ts'

export interface Exchange {
  readonly id: string
  readonly method: string
  readonly address: string
  /** On the clock that no one sets. */
  readonly begunAt: number
  readonly found: Found<GatewayApi> | undefined
  /** Of whoever asked: nobody is there to be answered. */
  isGone: boolean
  claims?: TokenClaims
  /** Why it was refused, or did not come back from its upstream. */
  reason?: string
}

const MOST_NAMES = 16

/**
 * One line for each answered request. Never the token, a body, a header or the value of a query parameter; and of a path
 * that belongs to no API nothing at all: whatever was sent there by mistake may be a secret.
 */
export function logRequest(log: AccessLog, exchange: Exchange, status: number, isWhole: boolean): void {
  const { id, method, address, begunAt, found, claims, reason } = exchange
  log({
    event: 'request',
    request_id: id,
    'http.request.method': method,
    'http.route': found?.route,
    'url.path': found?.path,
    'url.query.names': found === undefined || found.query === '' ? undefined : queryNames(found.query),
    api: found?.api.name,
    'http.response.status_code': status,
    'client.address': address,
    duration_ms: Math.round((performance.now() - begunAt) * 10) / 10,
    client_id: claims?.clientId,
    scope: claims?.scope,
    jti: claims?.jti,
    reason,
    cut: isWhole ? undefined : true,
    msg: 'request',
  })
}

const queryNames = (query: string): readonly string[] => [...new URLSearchParams(query).keys()].slice(0, MOST_NAMES)
