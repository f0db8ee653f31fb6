// Generates, hashes, compares and seals client secrets. Also generates client IDs and admin keys.
import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto'
import { composeClientSecret, Secret } from '@latchkey/protocol'
import { MAX_VALID_SECRETS } from '../domain/client-secret.ts'
import type { SecretVault } from '../ports/secret-vault.ts'
import type { DerivedKeys } from './derived-keys.ts'
import { createHmacSha256 } from './hmac-sha256.ts'
import { Sealing } from './sealing.ts'

const CLIENT_ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'
const CLIENT_ID_RANDOM_CHARACTERS = 14
const ADMIN_KEY_BYTES = 32
const RANDOM_BYTES = 24 // The random part of a secret: 32 characters of base64url.

export function createSecretVault(keys: Pick<DerivedKeys, 'pepper' | 'secretSealing'>): SecretVault {
  const sealing = new Sealing(keys.secretSealing)
  // A random hash that the server compares in place of a missing secret. No known secret has this hash.
  const decoy = randomBytes(32).toString('latin1')

  const hmac = createHmacSha256(keys.pepper, 'latin1')
  const digest = (secret: Secret): string => hmac(hash('sha256', secret.reveal(), 'latin1'), 'latin1')

  return {
    generate: () => {
      const secret = composeClientSecret(randomBytes(RANDOM_BYTES).toString('base64url'))
      return { secret, hash: digest(secret) }
    },

    generateClientId: () => {
      let id = 'lk'
      for (let i = 0; i < CLIENT_ID_RANDOM_CHARACTERS; i++) id += CLIENT_ID_ALPHABET.charAt(randomInt(36))
      return id
    },

    generateAdminKey: () => {
      const key = new Secret(`lka_${randomBytes(ADMIN_KEY_BYTES).toString('base64url')}`)
      return { key, hash: digest(key) }
    },

    hash: digest,

    hashOfImported: (sha256) => hmac(Buffer.from(sha256, 'hex').toString('latin1'), 'latin1'),

    matches: (presented, candidates) => {
      if (candidates.length > MAX_VALID_SECRETS) throw new RangeError('a client has at most two valid secrets')
      const hashed = Buffer.from(digest(presented), 'latin1')
      const [first = decoy, second = decoy] = candidates
      // Both comparisons always run, so that the duration reveals neither whether the client exists nor which secret
      // matched.
      const isFirst = timingSafeEqual(hashed, Buffer.from(first, 'latin1'))
      const isSecond = timingSafeEqual(hashed, Buffer.from(second, 'latin1'))
      return isFirst ? 0 : isSecond ? 1 : -1
    },

    seal: (secretId, secret) => sealing.seal(placeOf(secretId), Buffer.from(secret.reveal())),

    open: (secretId, sealed) => new Secret(sealing.open(placeOf(secretId), sealed).toString()),
  }
}

const placeOf = (secretId: string) => ({ table: 'integration_secret', row: secretId, field: 'value' })
