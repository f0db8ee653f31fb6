// The effect of a signing key's revocation on a slot.
import { canHaveSigned, type SigningKeyRecord } from './signing-key.ts'
import { empty, type EpochSeconds, type Generation, type RecordedToken, revoke, type Slot } from './slot.ts'

/**
 * Ends the tokens of the slot that the key may have signed and that have not expired at `now`. Undefined if there are
 * none.
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
