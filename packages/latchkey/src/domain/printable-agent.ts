// A User-Agent header as it is kept and shown: short, and of printable ASCII alone.

const MAX_LENGTH = 120

/** One odd byte in a header must not fail the batch that it rides in, nor reach a terminal later. */
export function printableAgent(userAgent: string): string {
  // A copy: a slice keeps the whole header in memory, 16 KB of it, for as long as what is kept.
  const short = userAgent.length > MAX_LENGTH ? Array.from(userAgent.slice(0, MAX_LENGTH)).join('') : userAgent
  return short.replace(/[^ -~]/g, '?')
}
