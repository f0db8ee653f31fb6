// Makes texts from requests and assertions short and printable, so that the server can store and show them.
import { detached } from '@latchkey/protocol'

const MAX_LENGTH = 120

/**
 * Returns the first 120 characters of a text, with `?` in place of each character that is not printable ASCII. Such a
 * character could make a commit fail, or control the terminal of an operator.
 */
export function printableText(text: string): string {
  return detached(text.slice(0, MAX_LENGTH)).replace(/[^ -~]/g, '?')
}
