// The form of the client IDs and client secrets that Latchkey generates. Imported ones may have another form.

import { Secret } from './secret.ts'

// ID, colon and secret are 57 bytes. Their base64 form has 76 characters, which every `base64` program writes as one
// line.
const CLIENT_ID = /^lk[a-z0-9]{14}$/
const CLIENT_SECRET = /^lks_[A-Za-z0-9_-]{36}$/
const RANDOM_PART = /^[A-Za-z0-9_-]{32}$/
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Returns true if the text has the form of a client ID that Latchkey generates: `lk` and 14 characters of `[a-z0-9]`.
 *
 * @example
 * ```ts
 * import { isClientId } from '@latchkey/protocol'
 *
 * console.log(isClientId('lk0123456789abcd'), isClientId('my-client')) // true false
 * ```
 */
export const isClientId = (text: string): boolean => CLIENT_ID.test(text)

/**
 * Returns true if the text has the form of a generated client secret. Does not check its checksum:
 * {@link isWellFormedClientSecret} does.
 *
 * @example
 * ```ts
 * import { hasClientSecretShape } from '@latchkey/protocol'
 *
 * console.log(hasClientSecretShape(`lks_${'A'.repeat(36)}`)) // true
 * ```
 */
export const hasClientSecretShape = (text: string): boolean => CLIENT_SECRET.test(text)

/**
 * Returns true if the text has the form of a generated client secret and its checksum is right. A program can use this
 * check to find typing errors without asking a server.
 *
 * @example
 * ```ts
 * import { isWellFormedClientSecret } from '@latchkey/protocol'
 *
 * console.log(isWellFormedClientSecret(`lks_${'A'.repeat(36)}`)) // false
 * ```
 */
export const isWellFormedClientSecret = (text: string): boolean =>
  hasClientSecretShape(text) && checksumOf(text.slice(4, 36)) === text.slice(36)

/**
 * Makes a client secret: `lks_`, 32 random characters, and 4 characters of checksum.
 *
 * @param random32 32 characters of `[A-Za-z0-9_-]`, each drawn uniformly (192 bits).
 * @throws RangeError if the text is anything else.
 *
 * @example
 * ```ts
 * import { randomBytes } from 'node:crypto'
 * import { composeClientSecret, isWellFormedClientSecret } from '@latchkey/protocol'
 *
 * const secret = composeClientSecret(randomBytes(24).toString('base64url'))
 * console.log(isWellFormedClientSecret(secret.reveal())) // true
 * ```
 */
export function composeClientSecret(random32: string): Secret {
  if (!RANDOM_PART.test(random32)) throw new RangeError('a client secret is made from 32 characters of [A-Za-z0-9_-]')
  return new Secret(`lks_${random32}${checksumOf(random32)}`)
}

/**
 * Returns the CRC-24 (RFC 9580 §6.1.1) of the text as four base64url characters. It detects typing errors, not forgery.
 *
 * @example
 * ```ts
 * import { checksumOf } from '@latchkey/protocol'
 *
 * console.log(checksumOf('A'.repeat(32)).length) // 4
 * ```
 */
export function checksumOf(random32: string): string {
  const crc = crc24(random32)
  return [18, 12, 6, 0].map((shift) => ALPHABET.charAt((crc >> shift) & 0x3f)).join('')
}

// CRC-24 of OpenPGP, RFC 9580 §6.1.1: finds every single wrong character and every swap of two neighbours.
function crc24(text: string): number {
  let crc = 0xb704ce
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i) << 16
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1
      if (crc & 0x1000000) crc ^= 0x1864cfb
    }
  }
  return crc
}
