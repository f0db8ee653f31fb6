// Revokes a signing key in an emergency: what it signed is refused from that moment on.
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
  /** How many live tokens ended. */
  readonly endedTokens: number
  /** The key that signs now. */
  readonly signingKid: string
}

export type UnknownSigningKey = { readonly reason: 'unknown_signing_key' }

/**
 * If it was the key that signs, the next one signs in the same instant, or a new one. Revoking a revoked key changes
 * nothing and is no error. Throws `StoreUnavailable`.
 */
export async function revokeSigningKey(
  { signingKeys, signingKeyMaker, tokenLifetimeSeconds }: RevokeSigningKeyPorts,
  by: Actor,
  kid: string,
): Promise<Result<RevokedSigningKey, UnknownSigningKey>> {
  const before = (await signingKeys.all()).find((key) => key.kid === kid)
  if (before === undefined) return refuse({ reason: 'unknown_signing_key' })
  // Made beforehand, whatever the key's status: there is no time for it once the change is made.
  const substitute = await signingKeyMaker.make('signing')
  const changed = await signingKeys.change(
    { kind: 'revoke', kid, substitute, lifetimeSeconds: tokenLifetimeSeconds },
    signingKeyAudit(by),
  )
  if (!changed.ok) return refuse({ reason: 'unknown_signing_key' })
  const { keys, endedTokens } = changed.value
  const signing = signingKeyOf(keys)
  if (signing === undefined) throw new Error('no key signs after a revocation')
  // One that had not signed yet is gone for good.
  const after = keys.find((key) => key.kid === kid) ?? { ...before, status: 'revoked' as const }
  return accept({ key: withoutPrivateHalf(after), endedTokens, signingKid: signing.kid })
}
