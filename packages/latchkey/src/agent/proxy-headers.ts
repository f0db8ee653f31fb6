// Selects the headers that the proxy passes on in both directions. Headers of the message are passed on, and headers of
// the connection are not.
import type { IncomingMessage } from 'node:http'

// The headers that are not passed on: those of RFC 9110 §7.6.1, and the caller's own credentials, which the agent
// replaces.
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

/** Returns names and values in turn, in the order and spelling in which they came. Repeated headers are kept. */
export function passedOn({ headers, rawHeaders }: IncomingMessage): string[] {
  const named = namedByConnection(headers.connection)
  const kept: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    // Content-Length is never dropped: without it, an upstream would read the body as the next request.
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

/** True if a redirect leads to another origin than the upstream. False if there is no Location header. */
export function leadsElsewhere(upstream: string, location: string | undefined): boolean {
  if (location === undefined) return false
  return !URL.canParse(location, upstream) || new URL(location, upstream).origin !== upstream
}
