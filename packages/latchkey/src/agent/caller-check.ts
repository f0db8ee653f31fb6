// Checks who may use the agent: no web page, and on TCP only callers with the agent key.
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
    // Several headers are ambiguous: Node keeps the first one, another reader may take the last.
    const [authorization, ...others] = valuesOf(request.rawHeaders, 'authorization')
    if (others.length > 0) return 'no_key'
    const key = readBearer(authorization)
    return key.ok && isEqual(Buffer.from(key.value), expected) ? undefined : 'no_key'
  }
}

// Does not check the other Sec-Fetch headers: Node's own fetch sends Sec-Fetch-Mode.
const isBrowser = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined

function isLoopbackHost(host: string | undefined, port: number | undefined): boolean {
  const [, name, named] = /^(127\.0\.0\.1|localhost|\[::1\])(?::(\d+))?$/i.exec(host ?? '') ?? []
  return name !== undefined && Number(named ?? 80) === port
}

// All agent keys have the same length, so the length reveals nothing.
const isEqual = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected)
