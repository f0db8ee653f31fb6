// A User-Agent header as it is kept and shown: short, and of printable ASCII alone.
import { detached } from '@latchkey/protocol'

const MAX_LENGTH = 120

/** One odd byte in a header must not fail the batch that it rides in, nor reach a terminal later. */
export function printableAgent(userAgent: string): string {
  return detached(userAgent.slice(0, MAX_LENGTH)).replace(/[^ -~]/g, '?')
}
