// Reads the public key that an operator pastes as a JWK or as PEM, and detects a private key, so that the page never
// sends it.
import { hasPrivateMembers, PRIVATE_MEMBERS } from '@latchkey/protocol'
import type { NewKey } from 'latchkey/admin-api'
import { jwkOfPem } from './pem-key.ts'

export type KeyFault = 'missing' | 'private' | 'pem' | 'set' | 'malformed'

export interface ReadKey {
  readonly jwk: NewKey['jwk']
  /** Such as `RSA`, `P-256` or `Ed25519`. */
  readonly type: string
  /** The algorithm that the server uses for the key. Undefined if the server accepts no key of this type. */
  readonly alg: string | undefined
  /** Undefined if the key has no ID: the server then uses its thumbprint. */
  readonly kid: string | undefined
}

export type KeyReading = { readonly key: ReadKey } | { readonly fault: KeyFault }

/** Finds a private key in a text that is not JSON, such as the first half of a JWK. */
const PRIVATE_TEXT = new RegExp(`PRIVATE KEY|"(?:${PRIVATE_MEMBERS.join('|')})"\\s*:`)

/** True if the text looks like a private key, or a part of one. */
export const hasPrivateText = (text: string): boolean => PRIVATE_TEXT.test(text)

const USUAL_ALGORITHMS: Readonly<Record<string, string>> = { RSA: 'RS256', 'P-256': 'ES256', Ed25519: 'EdDSA' }

export function readPublicKey(text: string): KeyReading {
  if (text.trim() === '') return { fault: 'missing' }
  const value = parsed(text) ?? jwkOfPem(text)
  if (!isObject(value)) return { fault: faultOf(text) }
  if (hasPrivateMembers(value)) return { fault: 'private' }
  const { keys, kty, crv, alg, kid } = value
  if (Array.isArray(keys))
    return { fault: keys.some((one) => isObject(one) && hasPrivateMembers(one)) ? 'private' : 'set' }
  if (typeof kty !== 'string') return { fault: 'malformed' }
  const type = typeof crv === 'string' ? crv : kty
  return {
    key: {
      jwk: value,
      type,
      alg: typeof alg === 'string' ? alg : USUAL_ALGORITHMS[type],
      kid: typeof kid === 'string' ? kid : undefined,
    },
  }
}

const faultOf = (text: string): KeyFault =>
  hasPrivateText(text) ? 'private' : text.includes('-----BEGIN') ? 'pem' : 'malformed'

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
