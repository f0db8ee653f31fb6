// Argon2id (RFC 9106) in the text form of the reference implementation: $argon2id$v=19$m=…,t=…,p=…$salt$hash.
import crypto, { randomBytes, timingSafeEqual } from 'node:crypto'

export interface Argon2idParameters {
  /** The amount of memory in KiB. */
  readonly memory: number
  readonly passes: number
  readonly parallelism: number
}

/** A password, and the secret that is mixed into its hash. The secret is not part of the stored text. */
export interface Keyed {
  readonly password: string
  readonly secret?: Buffer
}

const SALT_BYTES = 16
const HASH_BYTES = 32
const TEXT = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

/** Hashes a password with a new salt, on the thread pool. */
export async function hashArgon2id(keyed: Keyed, parameters: Argon2idParameters): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await digest(keyed, { ...parameters, salt, length: HASH_BYTES })
  const { memory, passes, parallelism } = parameters
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

/**
 * Resolves to true if `text` is the Argon2id hash of this password, computed with the parameters that the text names.
 * Rejects if `text` is not in the form of an Argon2id hash.
 */
export async function isArgon2idOf(text: string, keyed: Keyed): Promise<boolean> {
  const [, memory, passes, parallelism, salt = '', hash = ''] = TEXT.exec(text) ?? []
  if (memory === undefined) throw new Error('the stored password hash does not have the text form of an Argon2id hash')
  const expected = Buffer.from(hash, 'base64')
  const found = await digest(keyed, {
    ...{ memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    ...{ salt: Buffer.from(salt, 'base64'), length: expected.length },
  })
  return timingSafeEqual(found, expected)
}

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '')

interface Digested extends Argon2idParameters {
  readonly salt: Buffer
  readonly length: number
}

async function digest({ password, secret }: Keyed, { memory, passes, parallelism, salt, length }: Digested) {
  if (!isInNode()) {
    // The call names no algorithm, because the default of `@node-rs/argon2` is Argon2id.
    const { hashRaw } = await import('@node-rs/argon2')
    return hashRaw(password, {
      ...{ memoryCost: memory, timeCost: passes, parallelism, salt, outputLen: length },
      ...(secret !== undefined && { secret }),
    })
  }
  return new Promise<Buffer>((resolve, reject) => {
    crypto.argon2(
      'argon2id',
      {
        ...{ message: password, nonce: salt, memory, passes, parallelism, tagLength: length },
        ...(secret !== undefined && { secret }),
      },
      (failure, hash) => {
        if (failure === null) resolve(hash)
        else reject(failure)
      },
    )
  })
}

/**
 * Returns true if `node:crypto` has Argon2id: from Node.js 24.7 on. With an earlier version the server uses the native
 * add-on `@node-rs/argon2`.
 */
const isInNode = (): boolean => typeof (crypto as { readonly argon2?: unknown }).argon2 === 'function'
