// Begins the rotation of the signing key: makes and publishes the next key. The key signs when verifiers have had time
// to fetch it.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { SigningKeyMaker, SigningKeys } from '../ports/signing-keys.ts'
import { type ListedSigningKey, withoutPrivateHalf } from './list-signing-keys.ts'
import { signingKeyAudit } from './signing-key-audit.ts'

export interface RotateSigningKeyPorts {
  readonly signingKeys: SigningKeys
  readonly signingKeyMaker: SigningKeyMaker
  /** How long verifiers may cache the published keys. */
  readonly jwksMaxAgeSeconds: number
}

export type RotationInProgress = { readonly reason: 'rotation_in_progress' }

/**
 * How many times the max-age the server waits before the new key signs. After one max-age a verifier fetches the keys
 * again. The second one allows for a cache in between that held the old answer for the same time.
 */
const MAX_AGES_BEFORE_SIGNING = 2

/** Returns the next key. The server signs with it from `signsFrom` on. Throws `StoreUnavailable`. */
export async function rotateSigningKey(
  { signingKeys, signingKeyMaker, jwksMaxAgeSeconds }: RotateSigningKeyPorts,
  by: Actor,
): Promise<Result<ListedSigningKey, RotationInProgress>> {
  if ((await signingKeys.all()).some((key) => key.status === 'next')) return refuse({ reason: 'rotation_in_progress' })
  const key = await signingKeyMaker.make('next')
  const leadSeconds = MAX_AGES_BEFORE_SIGNING * jwksMaxAgeSeconds
  const changed = await signingKeys.change({ kind: 'publish', key, leadSeconds }, signingKeyAudit(by))
  if (!changed.ok) return refuse({ reason: 'rotation_in_progress' })
  const published = changed.value.keys.find(({ kid }) => kid === key.kid)
  if (published === undefined) throw new Error('a published key is missing in the key set')
  return accept(withoutPrivateHalf(published))
}
