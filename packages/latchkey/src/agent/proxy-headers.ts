// Selects the headers that the proxy passes on in both directions: headers about the message, but no headers about one
// connection.
import type { IncomingMessage } from 'node:http'

// The headers that are not passed on: the connection headers of RFC 9110 §7.6.1, and the credentials of the caller,
// which the agent replaces by the token.
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

/**
 * Returns the headers to pass on, as an array of alternating names and values. Keeps their order, their spelling and
 * repeated headers.
 */
export function passedOn({ headers, rawHeaders }: IncomingMessage): string[] {
  const named = namedByConnection(headers.connection)
  const kept: string[] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    const lower = name.toLowerCase()
    // Content-Length is never dropped, because an upstream would then read the body as the next request.
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

/**
 * Returns true if the Location header leads to an origin other than the upstream, or is malformed. False if there is no
 * Location header.
 */
export function leadsElsewhere(upstream: string, location: string | undefined): boolean {
  if (location === undefined) return false
  return !URL.canParse(location, upstream) || new URL(location, upstream).origin !== upstream
}
