// Selects the headers that the gateway passes between a client and an upstream. Only the gateway may tell the upstream
// who the caller is, so the gateway removes headers with which a client could claim an identity.
import type { TokenClaims } from '@latchkey/guard'
import type { IncomingHttpHeaders } from 'node:http'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** The origin of a request, as its connection and the trusted proxies report it. */
export interface Origin {
  /** The address of the client, followed by the addresses of the proxies on the path of the request. */
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

// Headers that concern only one connection: the headers of RFC 9110 §7.6.1, some older headers, and `Expect`, which the
// gateway itself has answered.
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

// Headers with the origin of a request, including vendor-specific headers that some upstreams trust. Only the gateway
// may set such headers.
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

/**
 * Returns true for a header with the origin of a request, such as `X-Forwarded-For`, `X-Forwarded-User` and
 * `X-Original-URI`.
 */
const isOrigin = (name: string): boolean =>
  ORIGIN.has(name) || name.startsWith('x-forwarded') || name.startsWith('x-original-')

/**
 * The header names that are passed on. Many upstreams replace every other character of a name by an underscore, so a
 * name with such a character could collide with a header that the gateway sets, or with Content-Length.
 */
const PLAIN_NAME = /^[a-z0-9-]+$/

/**
 * Returns the headers for the upstream, as an array of alternating names and values. Drops the headers that the
 * client's `Connection` header names. Sets `Host` to the host of the upstream. Drops the headers of a body for GET and
 * HEAD, which are passed on without a body.
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

/** Returns true for the methods whose body has no meaning (RFC 9110 §9.3.1). The gateway discards such a body. */
export const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD'

const isNobodysIdentity = (name: string): boolean => PLAIN_NAME.test(name) && !name.includes('latchkey')

/**
 * Returns the headers for the client, as an array of alternating names and values. Drops headers of Latchkey, which an
 * upstream must not set.
 */
export function responseHeaders(headers: Headers, status: number): string[] {
  const passed: string[] = []
  const named = listed(headers['connection'])
  for (const name in headers) {
    if (HOP_BY_HOP.has(name) || name === 'x-request-id' || name.includes('latchkey') || named.includes(name)) continue
    // RFC 9110 §8.6: an answer with status 204 must not have a Content-Length.
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
