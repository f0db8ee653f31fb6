// Generates signing keys, and decrypts the sealed signing keys of the store.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { isDeepStrictEqual, promisify } from 'node:util'
import type { PublicJwk, PublicKeyMaterial, SigningAlgorithm, SigningKeyRecord } from '../domain/signing-key.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { SigningKeyMaker } from '../ports/signing-keys.ts'
import type { Clock } from '../ports/clock.ts'
import type { Sealing } from './sealing.ts'
import { thumbprintOf } from './thumbprint.ts'

/**
 * A decrypted signing key. The server treats two opened keys as the same key only if their `publicKey` is the same
 * object.
 */
export interface OpenedKey {
  readonly record: SigningKeyRecord
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** The digest that `sign` and `verify` of node:crypto need. Null for EdDSA, which includes its own hash. */
  readonly digest: 'sha256' | null
  readonly signatureBytes: number
  /** The encoded JWT header of every token that this key signs. */
  readonly header: string
}

/**
 * Generates a key pair and seals its private key, bound to the `kid`. The generation of an RSA key takes some 100 ms on
 * another thread.
 */
export async function generateSigningKey(wanted: {
  readonly alg: SigningAlgorithm
  readonly status: 'next' | 'signing'
  readonly createdAt: EpochSeconds
  readonly sealing: Sealing
}): Promise<SigningKeyRecord> {
  const { alg, status, createdAt, sealing } = wanted
  const { privateKey, publicKey } = await generatePair(alg)
  const publicJwk = publicJwkOf(publicKey, alg)
  const der = privateKey.export({ format: 'der', type: 'pkcs8' })
  const sealedPrivateKey = sealing.seal(placeOf(publicJwk.kid), der)
  der.fill(0)
  return {
    kid: publicJwk.kid,
    ...{ alg, status, publicJwk, sealedPrivateKey, createdAt },
    signsFrom: createdAt,
    ...{ retiredAt: null, revokedAt: null, acceptedUntil: null },
  }
}

export const createSigningKeyMaker = (
  alg: SigningAlgorithm,
  { sealing, clock }: { readonly sealing: Sealing; readonly clock: Clock },
): SigningKeyMaker => ({ make: (status) => generateSigningKey({ alg, status, createdAt: clock.now(), sealing }) })

/**
 * Decrypts the key of a record. Derives the public key from the sealed private key and compares it with the recorded
 * public key, so that an attacker who can write to the store but has no master key cannot add a key. Throws `SealError`
 * if the private key cannot be decrypted, and an Error if the two public keys differ.
 */
export function openSigningKey(record: SigningKeyRecord, sealing: Sealing): OpenedKey {
  const der = sealing.open(placeOf(record.kid), record.sealedPrivateKey)
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  der.fill(0)
  const publicKey = createPublicKey(privateKey)
  const publicJwk = publicJwkOf(publicKey, record.alg)
  if (!isDeepStrictEqual(publicJwk, { ...record.publicJwk })) {
    throw new Error(`The record of signing key ${record.kid} contradicts its private key. Restore it from a backup.`)
  }
  const header = JSON.stringify({ typ: 'at+jwt', alg: record.alg, kid: record.kid })
  return {
    record,
    privateKey,
    publicKey,
    digest: record.alg === 'EdDSA' ? null : 'sha256',
    signatureBytes: signatureBytesOf(publicKey),
    header: Buffer.from(header).toString('base64url'),
  }
}

const generate = promisify(generateKeyPair)

function generatePair(alg: SigningAlgorithm): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  switch (alg) {
    case 'RS256':
      return generate('rsa', { modulusLength: 2048 })
    case 'ES256':
      return generate('ec', { namedCurve: 'P-256' })
    case 'EdDSA':
      return generate('ed25519')
  }
}

function publicJwkOf(publicKey: KeyObject, alg: SigningAlgorithm): PublicJwk {
  const material = materialOf(publicKey, alg)
  return { ...material, kid: thumbprintOf(material), alg, use: 'sig' }
}

function materialOf(publicKey: KeyObject, alg: SigningAlgorithm): PublicKeyMaterial {
  const { kty, crv, n, e, x, y } = publicKey.export({ format: 'jwk' })
  if (alg === 'RS256' && kty === 'RSA' && n !== undefined && e !== undefined) return { kty, n, e }
  if (alg === 'ES256' && crv === 'P-256' && x !== undefined && y !== undefined) return { kty: 'EC', crv, x, y }
  if (alg === 'EdDSA' && crv === 'Ed25519' && x !== undefined) return { kty: 'OKP', crv, x }
  throw new Error(`A key of type ${String(kty)} cannot sign ${alg}.`)
}

/**
 * Returns the length of a signature in bytes: the length of the modulus for RSA, and 64 for ES256 (RFC 7518 §3.4) and
 * Ed25519 (RFC 8032 §5.1.6).
 */
const signatureBytesOf = (publicKey: KeyObject): number =>
  publicKey.asymmetricKeyType === 'rsa' ? (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8 : 64

const placeOf = (kid: string) => ({ table: 'signing_key', row: kid, field: 'private_key' })
