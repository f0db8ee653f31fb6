// Makes, hashes, compares and seals client secrets.
import { hash, type KeyObject, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { composeClientSecret, Secret } from '@latchkey/protocol'
import { MAX_VALID_SECRETS } from '../domain/client-secret.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { DerivedKeys } from './derived-keys.ts'
import { Sealing } from './sealing.ts'

const CLIENT_ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const CLIENT_ID_RANDOM_CHARACTERS = 14
const ADMIN_KEY_BYTES = 32
const RANDOM_BYTES = 24 // 32 characters of base64url

export function createSecretVault(keys: Pick<DerivedKeys, 'pepper' | 'secretSealing'>): SecretVault {
  const sealing = new Sealing(keys.secretSealing)
  // Stands in for a candidate that is not there. No known secret has this hash.
  const decoy = randomBytes(32).toString('latin1')

  const peppered = createPeppering(keys.pepper)
  const digest = (secret: Secret): Buffer => peppered(hash('sha256', secret.reveal(), 'latin1'))

  return {
    generate: () => {
      const secret = composeClientSecret(randomBytes(RANDOM_BYTES).toString('base64url'))
      return { secret, hash: digest(secret).toString('latin1') }
    },

    generateClientId: () => {
      let id = 'lk'
      for (let i = 0; i < CLIENT_ID_RANDOM_CHARACTERS; i++) id += CLIENT_ID_ALPHABET.charAt(randomInt(36))
      return id
    },

    generateAdminKey: () => {
      const key = new Secret(`lka_${randomBytes(ADMIN_KEY_BYTES).toString('base64url')}`)
      return { key, hash: digest(key).toString('latin1') }
    },

    hash: (secret) => digest(secret).toString('latin1'),

    hashOfImported: (sha256) => peppered(Buffer.from(sha256, 'hex').toString('latin1')).toString('latin1'),

    matches: (presented, candidates) => {
      if (candidates.length > MAX_VALID_SECRETS) throw new RangeError('a client has at most two valid secrets')
      const hashed = digest(presented)
      const [first = decoy, second = decoy] = candidates
      // Both comparisons always run: the time tells neither whether the client exists nor which secret it was.
      const isFirst = timingSafeEqual(hashed, Buffer.from(first, 'latin1'))
      const isSecond = timingSafeEqual(hashed, Buffer.from(second, 'latin1'))
      return isFirst ? 0 : isSecond ? 1 : -1
    },

    seal: (secretId, secret) => sealing.seal(placeOf(secretId), Buffer.from(secret.reveal())),

    open: (secretId, sealed) => new Secret(sealing.open(placeOf(secretId), sealed).toString()),
  }
}

const placeOf = (secretId: string) => ({ table: 'integration_secret', row: secretId, field: 'value' })

const SHA256 = { blockBytes: 64, hashBytes: 32 }

/**
 * HMAC-SHA-256 of 32 bytes under the pepper, by its definition (RFC 2104 §2): two hashes, each over one block made from
 * the key and one variable part. Every token request needs it, and `createHmac` takes 1.7 times as long.
 */
function createPeppering(key: KeyObject): (sha256: string) => Buffer {
  const pepper = key.export()
  if (pepper.length > SHA256.blockBytes) throw new RangeError('a longer key has to be hashed first')
  const blockOf = (pad: number): Buffer => {
    const block = Buffer.alloc(SHA256.blockBytes + SHA256.hashBytes)
    for (let i = 0; i < SHA256.blockBytes; i++) block[i] = (pepper[i] ?? 0) ^ pad
    return block
  }
  const [inner, outer] = [blockOf(0x36), blockOf(0x5c)]
  pepper.fill(0)
  return (sha256) => {
    inner.write(sha256, SHA256.blockBytes, 'latin1')
    outer.write(hash('sha256', inner, 'latin1'), SHA256.blockBytes, 'latin1')
    return hash('sha256', outer, 'buffer')
  }
}
