// The SHA-256 thumbprint of a public key (RFC 7638).
import { hash } from 'node:crypto'
import type { PublicJwk } from '../domain/credential.ts'
import type { PublicKeyMaterial } from '../domain/signing-key.ts'

/** @param key the required members of the key, and no other members */
export const thumbprintOf = (key: PublicKeyMaterial | PublicJwk): string =>
  hash('sha256', JSON.stringify(key, Object.keys(key).toSorted()), 'base64url')
