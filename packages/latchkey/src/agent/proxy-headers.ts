// Which headers go on to the upstream and back: those that are about the message, not about the connection.
import type { IncomingMessage } from 'node:http'

// RFC 9110 §7.6.1, and the caller's own credentials: the agent's take their place.
const NOT_PASSED_ON = new Set([
  'authorization',
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** As a flat list, in the order and spelling in which they came, repeated ones included. */
export function passedOn({ headers, rawHeaders }: IncomingMessage): string[] {
  const named = namedByConnection(headers.connection)
  const kept: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    // The length of a body is not for the connection to take away: without it the body would be the next request.
    const isNamed = named.includes(lower) && lower !== 'content-length'
    if (!NOT_PASSED_ON.has(lower) && !isNamed) kept.push(name, rawHeaders[index + 1] ?? '')
  }
  return kept
}

const namedByConnection = (value: string | undefined): readonly string[] =>
  value === undefined || value === 'keep-alive'
    ? []
    : value
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())

/** Whether a redirect leads away from the upstream; false when it is none, or stays there. */
export function leadsElsewhere(upstream: string, location: string | undefined): boolean {
  if (location === undefined) return false
  return !URL.canParse(location, upstream) || new URL(location, upstream).origin !== upstream
}
