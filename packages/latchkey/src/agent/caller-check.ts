// Checks whether a caller may use the agent. Web pages may not use it, and callers on TCP need the agent key.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readBearer, type Secret } from '@latchkey/protocol'
import { type Ambiguity, valuesOf } from './ambiguous.ts'

export type Rejection = Ambiguity | 'browser' | 'foreign_host' | 'no_key'

export type CallerCheck = (request: IncomingMessage) => Rejection | undefined

/**
 * The check for a Unix socket: refuses only browsers, because the file modes of the socket and its folder decide who
 * may connect.
 */
export const onSocket: CallerCheck = (request) => (isBrowser(request) ? 'browser' : undefined)

/**
 * The check for loopback TCP, to which any program on the machine and any web page in a browser can connect. A page can
 * also use a host name that resolves to loopback (DNS rebinding). Requests of pages are recognized by an Origin or
 * Sec-Fetch-Site header, or by that host name in the Host header.
 */
export function onLoopback(agentKey: Secret): CallerCheck {
  const expected = Buffer.from(agentKey.reveal())
  return (request) => {
    if (isBrowser(request)) return 'browser'
    if (!isLoopbackHost(request.headers.host, request.socket.localPort)) return 'foreign_host'
    // Rejects a request with several Authorization headers, because Node.js uses the first header and other software
    // may use the last.
    const [authorization, ...others] = valuesOf(request.rawHeaders, 'authorization')
    if (others.length > 0) return 'no_key'
    const key = readBearer(authorization)
    return key.ok && isEqual(Buffer.from(key.value), expected) ? undefined : 'no_key'
  }
}

// Checks only Sec-Fetch-Site and no other Sec-Fetch header, because `fetch` in Node.js also sends Sec-Fetch-Mode.
const isBrowser = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined

function isLoopbackHost(host: string | undefined, port: number | undefined): boolean {
  const [, name, named] = /^(127\.0\.0\.1|localhost|\[::1\])(?::(\d+))?$/i.exec(host ?? '') ?? []
  return name !== undefined && Number(named ?? 80) === port
}

// Compares the keys in constant time. All agent keys have the same length, so the comparison of lengths reveals
// nothing.
const isEqual = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected)
