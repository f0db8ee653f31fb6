// Reads the public keys of an issuer that an operator pastes, and detects a private key, so that the page never sends
// it.
import { hasPrivateMembers } from '@latchkey/protocol'
import { hasPrivateText } from '../../components/public-key.ts'

export type Jwk = Record<string, unknown>
export type KeySetFault = 'missing' | 'private' | 'malformed'

/** Takes a JWK set (RFC 7517 §5), a list of JWKs, or one JWK. */
export function readKeySet(text: string): { readonly keys: Jwk[] } | { readonly fault: KeySetFault } {
  if (text.trim() === '') return { fault: 'missing' }
  const value = parsed(text)
  const list = isObject(value) && Array.isArray(value['keys']) ? (value['keys'] as unknown[]) : [value].flat()
  const keys = list.filter(isObject)
  if (hasPrivateText(text) || keys.some((key) => hasPrivateMembers(key))) return { fault: 'private' }
  const isUsable = keys.length > 0 && keys.length === list.length && keys.every(({ kty }) => typeof kty === 'string')
  return isUsable ? { keys } : { fault: 'malformed' }
}

const isObject = (value: unknown): value is Jwk => typeof value === 'object' && value !== null && !Array.isArray(value)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
