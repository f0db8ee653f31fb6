// Who may ask the agent: never a web page, and over TCP only who shows the agent key.
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { readBearer, type Secret } from '@latchkey/protocol'
import { type Ambiguity, valuesOf } from './ambiguous.ts'

export type TurnedAway = Ambiguity | 'browser' | 'foreign_host' | 'no_key'

export type CallerCheck = (request: IncomingMessage) => TurnedAway | undefined

/** On a Unix socket the mode of socket and folder says who may come. */
export const onSocket: CallerCheck = (request) => (isBrowser(request) ? 'browser' : undefined)

/**
 * On loopback anything on the machine can come, the pages in somebody's browser included, and by a name of their own
 * that is made to point here (DNS rebinding): such a request has an Origin, Sec-Fetch-Site, or that name as its Host.
 */
export function onLoopback(agentKey: Secret): CallerCheck {
  const expected = Buffer.from(agentKey.reveal())
  return (request) => {
    if (isBrowser(request)) return 'browser'
    if (!isLoopbackHost(request.headers.host, request.socket.localPort)) return 'foreign_host'
    // Two headers are ambiguous: Node keeps the first of them, another reader may take the last.
    const [authorization, ...others] = valuesOf(request.rawHeaders, 'authorization')
    if (others.length > 0) return 'no_key'
    const key = readBearer(authorization)
    return key.ok && isEqual(Buffer.from(key.value), expected) ? undefined : 'no_key'
  }
}

// Not by the other Sec-Fetch headers: Node's own fetch sends Sec-Fetch-Mode.
const isBrowser = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined

function isLoopbackHost(host: string | undefined, port: number | undefined): boolean {
  const [, name, named] = /^(127\.0\.0\.1|localhost|\[::1\])(?::(\d+))?$/i.exec(host ?? '') ?? []
  return name !== undefined && Number(named ?? 80) === port
}

// All agent keys are of one length: it tells nothing.
const isEqual = (given: Buffer, expected: Buffer): boolean =>
  given.length === expected.length && timingSafeEqual(given, expected)
