// The master key, from which the server derives all its other keys: 32 random bytes. Either the operator provides the
// key, or the server generates it at its first start.
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

export const MASTER_KEY_BYTES = 32

const nodeInspect = Symbol.for('nodejs.util.inspect.custom')

/**
 * Thrown if the master key cannot be used. The message says what is wrong and what to do, and quotes no part of the
 * key.
 */
export class MasterKeyError extends Error {
  readonly code = 'master_key_unusable'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MasterKeyError'
  }
}

/** Wraps the master key so that it cannot be printed. It can only derive other keys. */
export class MasterKey {
  readonly #key: KeyObject

  constructor(bytes: Uint8Array) {
    if (bytes.length !== MASTER_KEY_BYTES) throw new MasterKeyError(`The master key must be ${SHAPE}.`)
    this.#key = createSecretKey(bytes)
  }

  /** Derives the 32-byte key for one purpose: HKDF-SHA-256 (RFC 5869) with the label of the purpose. */
  derive(label: string): KeyObject {
    // No salt is needed, because the master key is uniformly random already (RFC 5869 §3.1).
    return createSecretKey(Buffer.from(hkdfSync('sha256', this.#key, '', label, 32)))
  }

  toJSON(): string {
    return '[master key]'
  }

  toString(): string {
    return '[master key]'
  }

  [nodeInspect](): string {
    return '[master key]'
  }
}

const SHAPE = '32 bytes, written as 64 hexadecimal digits or as 43 or 44 characters of base64 or base64url'
const HOW_TO_MAKE_ONE = 'Make one with: openssl rand -base64 32'

const HEX = /^[0-9A-Fa-f]{64}$/
const BASE64 = /^[A-Za-z0-9+/]{43}=?$/
const BASE64URL = /^[A-Za-z0-9_-]{43}=?$/

/**
 * Reads a master key in hexadecimal, base64 or base64url. Ignores white space at both ends.
 * Throws `MasterKeyError`.
 */
export function readMasterKey(text: string): MasterKey {
  const written = text.trim()
  if (HEX.test(written)) return new MasterKey(Buffer.from(written, 'hex'))
  if (BASE64.test(written) || BASE64URL.test(written)) {
    const bytes = Buffer.from(written, 'base64')
    const spelled = written.replaceAll('-', '+').replaceAll('_', '/').replace('=', '')
    if (bytes.toString('base64') === `${spelled}=`) return new MasterKey(bytes)
  }
  throw new MasterKeyError(`${whatIsWrong(written)} It must be ${SHAPE}. ${HOW_TO_MAKE_ONE}`)
}

function whatIsWrong(written: string): string {
  if (written === '') return 'The master key is empty.'
  if (/\s/.test(written)) return 'The master key has white space inside.'
  if (!/^[A-Za-z0-9+/_=-]+$/.test(written))
    return 'The master key has a character that is not hexadecimal, base64 or base64url.'
  if (written.replace(/=+$/, '').length !== 43) return `The master key has ${String(written.length)} characters.`
  return 'The master key has the right length, but does not encode 32 bytes: a character was changed or lost.'
}
