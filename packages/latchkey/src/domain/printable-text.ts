// Shortens a text that others wrote and makes it printable ASCII, so that it can be stored and shown.
import { detached } from '@latchkey/protocol'

const MAX_LENGTH = 120

/** Replaces unprintable characters. They could make a commit fail, or change an operator's terminal. */
export function printableText(text: string): string {
  return detached(text.slice(0, MAX_LENGTH)).replace(/[^ -~]/g, '?')
}
