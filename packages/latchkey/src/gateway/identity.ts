// The headers that pass between a client and an upstream. Only the gateway may tell the upstream who the caller is.
import type { TokenClaims } from '@latchkey/guard'
import type { IncomingHttpHeaders } from 'node:http'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The origin of the request, which its connection and trusted proxies report. */
export interface Origin {
  /** The address of the client, then the addresses of the proxies that the request came through. */
  readonly addresses: readonly string[]
  readonly protocol: string
  readonly host: string
}

export interface ForwardedRequest {
  readonly claims: TokenClaims
  readonly origin: Origin
  readonly requestId: string
  readonly authorization: 'forwarded' | 'kept'
}

// The hop-by-hop headers of RFC 9110 §7.6.1 and some older ones. The gateway itself has answered Expect.
const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

// Headers that only the gateway may set, with alternative names that some upstreams trust.
const ORIGIN = new Set([
  'cf-connecting-ip',
  'fastly-client-ip',
  'forwarded',
  'forwarded-for',
  'front-end-https',
  'true-client-ip',
  'via',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-real-ip',
  'x-request-id',
  'x-rewrite-url',
])

/** True for `X-Forwarded-For` and its relatives, such as `X-Forwarded-Prefix`, `-User` and `X-Original-URI`. */
const isOrigin = (name: string): boolean =>
  ORIGIN.has(name) || name.startsWith('x-forwarded') || name.startsWith('x-original-')

/**
 * Many upstreams turn every other character of a header's name into an underscore. A name with such a character could
 * then mean one of the gateway's own headers, or Content-Length.
 */
const PLAIN_NAME = /^[a-z0-9-]+$/

/**
 * Returns the headers for the upstream, names and values in turn. Drops each header that the client's Connection header
 * names. Sets Host to that of the upstream. A GET or HEAD is passed on without a body.
 */
export function requestHeaders(
  headers: IncomingHttpHeaders,
  method: string,
  { claims, origin, requestId, authorization }: ForwardedRequest,
): string[] {
  const named = listed(headers.connection)
  const passed: string[] = []
  for (const name in headers) {
    if (!isNobodysIdentity(name) || HOP_BY_HOP.has(name) || isOrigin(name) || named.includes(name)) continue
    if (name === 'host' || (name === 'authorization' && authorization === 'kept')) continue
    if (isBodiless(method) && (name === 'content-length' || name === 'content-type')) continue
    push(passed, name, headers[name])
  }
  passed.push('x-latchkey-client-id', claims.clientId)
  passed.push('x-latchkey-scope', claims.scope)
  passed.push('x-latchkey-jti', claims.jti)
  passed.push('x-request-id', requestId)
  passed.push('x-forwarded-for', origin.addresses.join(', '))
  passed.push('x-forwarded-proto', origin.protocol)
  if (origin.host !== '') passed.push('x-forwarded-host', origin.host)
  return passed
}

/** RFC 9110 §9.3.1: content in a GET has no meaning. The gateway discards it. */
export const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD'

const isNobodysIdentity = (name: string): boolean => PLAIN_NAME.test(name) && !name.includes('latchkey')

/** Returns the headers for the client, names and values in turn. An upstream cannot set Latchkey's headers. */
export function responseHeaders(headers: Headers, status: number): string[] {
  const passed: string[] = []
  const named = listed(headers['connection'])
  for (const name in headers) {
    if (HOP_BY_HOP.has(name) || name === 'x-request-id' || name.includes('latchkey') || named.includes(name)) continue
    // RFC 9110 §8.6: an answer without content has no length.
    if (status === NO_CONTENT && (name === 'content-length' || name === 'content-type')) continue
    push(passed, name, headers[name])
  }
  return passed
}

const NO_CONTENT = 204

function push(passed: string[], name: string, value: string | string[] = ''): void {
  if (typeof value === 'string') passed.push(name, value)
  else for (const each of value) passed.push(name, each)
}

function listed(connection: string | string[] | undefined): readonly string[] {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return []
  return String(connection)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}
