// Revokes a signing key in an emergency. From then on the server rejects its tokens.
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
  /** The key that signs now. */
  readonly signingKid: string
}

export type UnknownSigningKey = { readonly reason: 'unknown_signing_key' }

/**
 * Revokes a key. If it was the signing key, the next key or a new key takes its place in the same commit. Revoking the
 * key again changes nothing and is no error. Throws `StoreUnavailable`.
 */
export async function revokeSigningKey(
  { signingKeys, signingKeyMaker, tokenLifetimeSeconds }: RevokeSigningKeyPorts,
  by: Actor,
  kid: string,
): Promise<Result<RevokedSigningKey, UnknownSigningKey>> {
  const before = (await signingKeys.all()).find((key) => key.kid === kid)
  if (before === undefined) return refuse({ reason: 'unknown_signing_key' })
  // The substitute is made before the change, because making a key during the change would take too long. It is used
  // only if the revoked key was the signing key and there is no next key.
  const substitute = await signingKeyMaker.make('signing')
  const changed = await signingKeys.change(
    { kind: 'revoke', kid, substitute, lifetimeSeconds: tokenLifetimeSeconds },
    signingKeyAudit(by),
  )
  if (!changed.ok) return refuse({ reason: 'unknown_signing_key' })
  const { keys, endedTokens } = changed.value
  const signing = signingKeyOf(keys)
  if (signing === undefined) throw new Error('no key signs after a revocation')
  // The revoked key had not signed yet, so its record was removed.
  const after = keys.find((key) => key.kid === kid) ?? { ...before, status: 'revoked' as const }
  return accept({ key: withoutPrivateHalf(after), endedTokens, signingKid: signing.kid })
}
