// What passes from a client's request to the upstream's, and back: the gateway speaks of identity, nobody else does.
import type { TokenClaims } from '@latchkey/guard'
import type { IncomingHttpHeaders } from 'node:http'

type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Where the request came from, as far as it is believed. */
export interface Origin {
  /** The client's address, then those of the proxies it came through. */
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

// RFC 9110 §7.6.1 and what servers before it knew. Expect was answered here.
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

// The gateway says these itself. Those with other names for the same would be believed by some upstream.
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

/** `X-Forwarded-For` and all its relatives, such as `X-Forwarded-Prefix`, `-User` and `X-Original-URI`. */
const isOrigin = (name: string): boolean =>
  ORIGIN.has(name) || name.startsWith('x-forwarded') || name.startsWith('x-original-')

/**
 * Many upstreams write a header's name with underscores and know no difference: what is not letters, digits and hyphens
 * could stand for one of ours, or for the length of the body.
 */
const PLAIN_NAME = /^[a-z0-9-]+$/

/**
 * Returns the headers to pass on, names and values in turn. A header that the client's Connection header names stays
 * here. The host is the upstream's own, and a GET or HEAD is passed on without a body.
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

/** RFC 9110 §9.3.1: content of a GET has no meaning. It is read and dropped here. */
export const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD'

const isNobodysIdentity = (name: string): boolean => PLAIN_NAME.test(name) && !name.includes('latchkey')

/** Returns the headers of an answer, names and values in turn. An upstream cannot say that Latchkey refused. */
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
