// Encrypts the values that a stolen copy of the store must not reveal, with AES-256-GCM. Each ciphertext is bound to
// its table, row and field.
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

/**
 * The table, row and field of a sealed value. A value that was sealed for one field cannot be decrypted as the value of
 * another field.
 */
export interface SealedPlace {
  /** Neither a table nor a field contains a colon, so the texts `table:row:field` of two fields always differ. */
  readonly table: string
  readonly row: string
  readonly field: string
}

/**
 * Thrown if a sealed value cannot be decrypted. The message names the field of the value and says what to do. It quotes
 * no part of the value.
 */
export class SealError extends Error {
  readonly code = 'sealed_value_unreadable'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SealError'
  }
}

// Layout: version (1 byte), key number (1), nonce (12), ciphertext, tag (16).
const VERSION = 1
const HEAD_BYTES = 2
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/**
 * The number of the first master key of a store. Each sealed value contains the number of the master key that decrypts
 * it.
 */
export const FIRST_KEY_NUMBER = 1

export class Sealing {
  readonly #key: KeyObject
  readonly #head: Buffer

  constructor(key: KeyObject, keyNumber: number = FIRST_KEY_NUMBER) {
    this.#key = key
    this.#head = Buffer.of(VERSION, keyNumber)
  }

  seal(place: SealedPlace, plain: Uint8Array): Uint8Array {
    // Random nonces are safe for 2^32 values under one key (NIST SP 800-38D §8.3). A store contains some thousands of
    // sealed values.
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(this.#boundTo(place))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([this.#head, nonce, sealed, cipher.getAuthTag()])
  }

  /**
   * Decrypts a value. Throws `SealError` if the value was sealed with another key or for another field, or if its bytes
   * were changed.
   */
  open(place: SealedPlace, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
    this.#checkHead(place, bytes)
    const nonceEnd = HEAD_BYTES + NONCE_BYTES
    const tagStart = bytes.length - TAG_BYTES
    const decipher = createDecipheriv(CIPHER, this.#key, bytes.subarray(HEAD_BYTES, nonceEnd), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(this.#boundTo(place)).setAuthTag(bytes.subarray(tagStart))
    const plain = decipher.update(bytes.subarray(nonceEnd, tagStart))
    try {
      return Buffer.concat([plain, decipher.final()])
    } catch (cause) {
      throw new SealError(
        `The sealed ${spell(place)} cannot be decrypted: it was sealed under another master key, or the stored bytes were changed. Start with the master key of this store, or restore the row from a backup.`,
        { cause },
      )
    }
  }

  #checkHead(place: SealedPlace, bytes: Buffer): void {
    if (bytes.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES) {
      throw new SealError(`The sealed ${spell(place)} is incomplete. Restore the row from a backup.`)
    }
    if (bytes[0] !== VERSION) {
      throw new SealError(
        `The sealed ${spell(place)} has the format version ${String(bytes[0])}, but this program supports ${String(VERSION)}. Use the version of Latchkey that wrote it, or a newer one.`,
      )
    }
    if (bytes[1] !== this.#head[1]) {
      throw new SealError(
        `The sealed ${spell(place)} needs master key number ${String(bytes[1])}, but the server has number ${String(this.#head[1])}. Start with the master key of this store.`,
      )
    }
  }

  #boundTo(place: SealedPlace): Buffer {
    return Buffer.concat([this.#head, Buffer.from(spell(place))])
  }
}

const spell = ({ table, row, field }: SealedPlace): string => `${table}:${row}:${field}`
