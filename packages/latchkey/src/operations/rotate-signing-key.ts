// Begins the rotation of the signing key: generates and publishes the next key. The next key begins to sign when
// verifiers have had time to fetch it.
import { accept, refuse, type Result } from '@latchkey/protocol'
import type { Actor } from '../domain/audit-event.ts'
import type { SigningKeyMaker, SigningKeys } from '../ports/signing-keys.ts'
import { type ListedSigningKey, withoutPrivateHalf } from './list-signing-keys.ts'
import { signingKeyAudit } from './signing-key-audit.ts'

export interface RotateSigningKeyPorts {
  readonly signingKeys: SigningKeys
  readonly signingKeyMaker: SigningKeyMaker
  /** The number of seconds for which verifiers may cache the published keys. */
  readonly jwksMaxAgeSeconds: number
}

export type RotationInProgress = { readonly reason: 'rotation_in_progress' }

/**
 * The delay between the publication of a key and its first signature, as a multiple of `jwksMaxAgeSeconds`. A verifier
 * may use an old answer for one max-age, and a shared HTTP cache may have kept the same answer for another max-age
 * before.
 */
const MAX_AGES_BEFORE_SIGNING = 2

/** Returns the next key, which begins to sign at `signsFrom`. Throws `StoreUnavailable`. */
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
