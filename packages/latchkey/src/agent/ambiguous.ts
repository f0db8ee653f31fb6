// Finds requests that an upstream could read differently than the agent. The agent rejects such requests.
import type { IncomingMessage } from 'node:http'

export type Ambiguity = 'two_hosts' | 'coding_unknown'

/**
 * Returns why the agent rejects the request. Undefined if the request has only one possible reading.
 *
 * - RFC 9112 §3.2: a request must have only one Host header. If there are several, Node.js uses the first.
 * - RFC 9112 §6.1: Node.js decodes only the transfer coding `chunked`, and the agent sends its own chunks. In HTTP/1.0,
 *   chunks are faulty framing.
 */
export function ambiguityOf({ rawHeaders, httpVersion }: IncomingMessage): Ambiguity | undefined {
  if (valuesOf(rawHeaders, 'host').length > 1) return 'two_hosts'
  const codings = valuesOf(rawHeaders, 'transfer-encoding')
  if (codings.length === 0) return undefined
  const isChunked = codings.join().trim().toLowerCase() === 'chunked'
  return isChunked && httpVersion !== '1.0' ? undefined : 'coding_unknown'
}

/** Returns every value of a header, in the order of the request. `name` is in lower case. */
export const valuesOf = (rawHeaders: readonly string[], name: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)
