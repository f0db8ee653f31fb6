// The effect of revoking a signing key on a slot.
import { canHaveSigned, type SigningKeyRecord } from './signing-key.ts'
import { empty, type EpochSeconds, type Generation, type RecordedToken, revoke, type Slot } from './slot.ts'

/**
 * Returns the slot without the unexpired tokens that the key may have signed. Undefined if the slot has no such token.
 */
export function endTokensOf(
  key: SigningKeyRecord,
  slot: Slot,
  now: EpochSeconds,
  nextGeneration: (slot: Slot) => Generation,
): Slot | undefined {
  const isConcerned = (token: RecordedToken): boolean => now < token.expiresAt && canHaveSigned(key, token)
  if (slot.live !== undefined && isConcerned(slot.live)) return empty(slot, nextGeneration(slot))
  const elder = slot.predecessor
  if (elder === undefined || now >= elder.until || !isConcerned(elder.token)) return undefined
  return revoke(slot, elder.token.jti, nextGeneration(slot))
}
