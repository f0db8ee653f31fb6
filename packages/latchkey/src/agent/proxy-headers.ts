// Selects the headers that the proxy passes on, in both directions: those of the message, not those of the connection.
import type { IncomingMessage } from 'node:http'

// RFC 9110 §7.6.1, and the caller's own credentials, which the agent replaces.
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

/** Returns names and values in turn, in their order and spelling, repeated headers included. */
export function passedOn({ headers, rawHeaders }: IncomingMessage): string[] {
  const named = namedByConnection(headers.connection)
  const kept: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    // Content-Length is never dropped: without it, the body would be read as the next request.
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

/** True if a redirect leads to another origin than the upstream. False without a Location. */
export function leadsElsewhere(upstream: string, location: string | undefined): boolean {
  if (location === undefined) return false
  return !URL.canParse(location, upstream) || new URL(location, upstream).origin !== upstream
}
