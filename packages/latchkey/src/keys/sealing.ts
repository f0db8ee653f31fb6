// Seals what the store keeps but nobody who copies it may read: AES-256-GCM, bound to its row and field.
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

/** Where a sealed value lives. Sealed for one place, it opens at no other. */
export interface SealedPlace {
  /** Table and field are names without a colon, so that no two places are spelled alike. */
  readonly table: string
  readonly row: string
  readonly field: string
}

/** A sealed value does not open. The message says where and what to do, and nothing of the content. */
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

/** Counts the master keys a store has had; a value says which one it needs. */
export const FIRST_KEY_NUMBER = 1

export class Sealing {
  readonly #key: KeyObject
  readonly #head: Buffer

  constructor(key: KeyObject, keyNumber: number = FIRST_KEY_NUMBER) {
    this.#key = key
    this.#head = Buffer.of(VERSION, keyNumber)
  }

  seal(place: SealedPlace, plain: Uint8Array): Uint8Array {
    // Random nonces are safe for 2^32 values under one key (NIST SP 800-38D §8.3); a store seals some thousands.
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key, nonce, { authTagLength: TAG_BYTES })
    cipher.setAAD(this.#boundTo(place))
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()])
    return Buffer.concat([this.#head, nonce, sealed, cipher.getAuthTag()])
  }

  /** Throws `SealError` when key, place or bytes are not those of the sealing. */
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
        `The sealed ${spell(place)} does not open: it was sealed under another master key, or the stored bytes were changed. Start with the master key of this store, or restore the row from a backup.`,
        { cause },
      )
    }
  }

  #checkHead(place: SealedPlace, bytes: Buffer): void {
    if (bytes.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES) {
      throw new SealError(`The sealed ${spell(place)} is cut short. Restore the row from a backup.`)
    }
    if (bytes[0] !== VERSION) {
      throw new SealError(
        `The sealed ${spell(place)} is of version ${String(bytes[0])}, this program knows ${String(VERSION)}. Use the program that wrote it, or a newer one.`,
      )
    }
    if (bytes[1] !== this.#head[1]) {
      throw new SealError(
        `The sealed ${spell(place)} needs master key number ${String(bytes[1])}; number ${String(this.#head[1])} is here. Start with the master key of this store.`,
      )
    }
  }

  #boundTo(place: SealedPlace): Buffer {
    return Buffer.concat([this.#head, Buffer.from(spell(place))])
  }
}

const spell = ({ table, row, field }: SealedPlace): string => `${table}:${row}:${field}`
