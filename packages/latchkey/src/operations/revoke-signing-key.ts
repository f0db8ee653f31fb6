// Revokes a signing key in an emergency. From then on, the server rejects all tokens that the key signed.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import { signingKeyOf } from '../domain/signing-key.ts'
import type { SigningKeyMaker, SigningKeys } from '../ports/signing-keys.ts'
import { type ListedSigningKey, withoutPrivateHalf } from './list-signing-keys.ts'
import { signingKeyAudit } from './signing-key-audit.ts'

export interface RevokeSigningKeyPorts {
  readonly signingKeys: SigningKeys
  readonly signingKeyMaker: SigningKeyMaker
  readonly tokenLifetimeSeconds: number
}

export interface RevokedSigningKey {
  readonly key: ListedSigningKey
  /** The number of live tokens that ended. */
  readonly endedTokens: number
  /** The `kid` of the key that signs after the revocation. */
  readonly signingKid: string
}

export type UnknownSigningKey = { readonly reason: 'unknown_signing_key' }

/**
 * Revokes a key. If the key was the signing key, the next key or a new key begins to sign in the same commit. Accepts a
 * key that is already revoked, and then changes nothing. Throws `StoreUnavailable`.
 */
export async function revokeSigningKey(
  { signingKeys, signingKeyMaker, tokenLifetimeSeconds }: RevokeSigningKeyPorts,
  by: Actor,
  kid: string,
): Promise<Result<RevokedSigningKey, UnknownSigningKey>> {
  const before = (await signingKeys.all()).find((key) => key.kid === kid)
  if (before === undefined) return refuse({ reason: 'unknown_signing_key' })
  // The substitute is generated before the change, because generating a key during the change would delay other
  // commits. It is used only if the revoked key was the signing key and the set has no next key.
  const substitute = await signingKeyMaker.make('signing')
  const changed = await signingKeys.change(
    { kind: 'revoke', kid, substitute, lifetimeSeconds: tokenLifetimeSeconds },
    signingKeyAudit(by),
  )
  if (!changed.ok) return refuse({ reason: 'unknown_signing_key' })
  const { keys, endedTokens } = changed.value
  const signing = signingKeyOf(keys)
  if (signing === undefined) throw new Error('no key signs after a revocation')
  // The record is missing if the revoked key was the next key. The next key has signed no token, so the change removed
  // its record.
  const after = keys.find((key) => key.kid === kid) ?? { ...before, status: 'revoked' as const }
  return accept({ key: withoutPrivateHalf(after), endedTokens, signingKid: signing.kid })
}
