// Checks who may use the agent. Web pages may not, and callers on TCP need the agent key.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readBearer, type Secret } from '@latchkey/protocol'
import { type Ambiguity, valuesOf } from './ambiguous.ts'

export type Rejection = Ambiguity | 'browser' | 'foreign_host' | 'no_key'

export type CallerCheck = (request: IncomingMessage) => Rejection | undefined

/** On a Unix socket, the file modes of socket and folder decide who may connect. */
export const onSocket: CallerCheck = (request) => (isBrowser(request) ? 'browser' : undefined)

/**
 * Any program on the machine can connect to loopback, and so can a web page in a browser. A page can also use a host
 * name that resolves to loopback (DNS rebinding). Requests of pages have an Origin, a Sec-Fetch-Site or that name as
 * Host.
 */
export function onLoopback(agentKey: Secret): CallerCheck {
  const expected = Buffer.from(agentKey.reveal())
  return (request) => {
    if (isBrowser(request)) return 'browser'
    if (!isLoopbackHost(request.headers.host, request.socket.localPort)) return 'foreign_host'
    // The request is rejected if it has several such headers: Node keeps the first one, and another reader may use the
    // last.
    const [authorization, ...others] = valuesOf(request.rawHeaders, 'authorization')
    if (others.length > 0) return 'no_key'
    const key = readBearer(authorization)
    return key.ok && isEqual(Buffer.from(key.value), expected) ? undefined : 'no_key'
  }
}

// Checks only Sec-Fetch-Site, because Node's own fetch sends Sec-Fetch-Mode.
const isBrowser = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined

function isLoopbackHost(host: string | undefined, port: number | undefined): boolean {
  const [, name, named] = /^(127\.0\.0\.1|localhost|\[::1\])(?::(\d+))?$/i.exec(host ?? '') ?? []
  return name !== undefined && Number(named ?? 80) === port
}

// All agent keys have the same length, so the comparison of lengths reveals nothing.
const isEqual = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected)
