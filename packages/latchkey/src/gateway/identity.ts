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

/** `headers` without what the client's Connection header names. A GET or HEAD is passed on without a body. */
export function requestHeaders(
  headers: IncomingHttpHeaders,
  method: string,
  { claims, origin, requestId, authorization }: ForwardedRequest,
): IncomingHttpHeaders {
  const passed: IncomingHttpHeaders = {}
  for (const name in headers) {
    if (!isNobodysIdentity(name) || HOP_BY_HOP.has(name) || isOrigin(name)) continue
    if (name === 'authorization' && authorization === 'kept') continue
    passed[name] = headers[name]
  }
  if (isBodiless(method)) {
    delete passed['content-length']
    delete passed['content-type']
  }
  passed['x-latchkey-client-id'] = claims.clientId
  passed['x-latchkey-scope'] = claims.scope
  passed['x-latchkey-jti'] = claims.jti
  passed['x-request-id'] = requestId
  passed['x-forwarded-for'] = origin.addresses.join(', ')
  passed['x-forwarded-proto'] = origin.protocol
  if (origin.host !== '') passed['x-forwarded-host'] = origin.host
  return passed
}

/** RFC 9110 §9.3.1: content of a GET has no meaning. It is read and dropped here. */
export const isBodiless = (method: string): boolean => method === 'GET' || method === 'HEAD'

const isNobodysIdentity = (name: string): boolean => PLAIN_NAME.test(name) && !name.includes('latchkey')

/** An upstream cannot say that it was Latchkey who refused. */
export function responseHeaders(headers: Headers): Record<string, string | string[] | undefined> {
  const passed: Record<string, string | string[] | undefined> = {}
  const named = listed(headers['connection'])
  for (const name in headers) {
    if (HOP_BY_HOP.has(name) || name === 'x-request-id' || name.includes('latchkey') || named.includes(name)) continue
    passed[name] = headers[name]
  }
  return passed
}

function listed(connection: string | string[] | undefined): readonly string[] {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return []
  return String(connection)
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
}
