// Shortens a User-Agent header and makes it printable ASCII, for storing and showing.
import { detached } from '@latchkey/protocol'

const MAX_LENGTH = 120

/** Replaces unprintable characters: they could make a batch fail, or reach an operator's terminal. */
export function printableAgent(userAgent: string): string {
  return detached(userAgent.slice(0, MAX_LENGTH)).replace(/[^ -~]/g, '?')
}
