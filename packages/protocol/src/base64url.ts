// Strict base64url without padding (RFC 7515 §2): one text for the same bytes, and no other.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const NO_VALUE = 0x40

/** The value of each ASCII character. */
const VALUES = new Uint8Array(128).fill(NO_VALUE)
for (const [value, character] of [...ALPHABET].entries()) VALUES[character.charCodeAt(0)] = value

const valueOf = (code: number): number => VALUES[code & 0x7f] as number

/**
 * Decodes the characters of `text` from `from` up to `to`. Undefined if a character is not of the alphabet, if the length
 * is impossible, or if the last character has bits that no byte uses.
 *
 * Node's decoder skips what it does not know. It also leaves the vector unit of some processors in a state that makes
 * the next signature check 2 µs slower.
 */
export function decodeBase64url(text: string, from: number, to: number): Buffer | undefined {
  const rest = (to - from) % 4
  if (rest === 1) return undefined
  const bytes = Buffer.allocUnsafe(Math.floor(((to - from) * 3) / 4))
  /** All characters and all values, one over the other: a fault stays visible. */
  let codes = 0
  let values = 0
  let size = 0
  let at = from
  for (; at + 3 < to; at += 4) {
    const [one, two] = [text.charCodeAt(at), text.charCodeAt(at + 1)]
    const [three, four] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)]
    codes |= one | two | three | four
    values |= valueOf(one) | valueOf(two) | valueOf(three) | valueOf(four)
    const triple = (valueOf(one) << 18) | (valueOf(two) << 12) | (valueOf(three) << 6) | valueOf(four)
    bytes[size++] = triple >> 16
    bytes[size++] = triple >> 8
    bytes[size++] = triple
  }
  if (rest > 0) {
    const [one, two] = [text.charCodeAt(at), text.charCodeAt(at + 1)]
    const three = rest === 3 ? text.charCodeAt(at + 2) : 'A'.charCodeAt(0)
    codes |= one | two | three
    values |= valueOf(one) | valueOf(two) | valueOf(three)
    const triple = (valueOf(one) << 18) | (valueOf(two) << 12) | (valueOf(three) << 6)
    const unused = rest === 3 ? 0xff : 0xffff
    if ((triple & unused) !== 0) return undefined
    bytes[size] = triple >> 16
    if (rest === 3) bytes[size + 1] = triple >> 8
  }
  return codes > 0x7f || values >= NO_VALUE ? undefined : bytes
}
