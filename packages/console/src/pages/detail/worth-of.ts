// The standing of a token (live, superseded, expired…) by the last state that the server sent for its client and scope.
import type { CountedSlot } from '../../api/counted-slot.ts'
import type { DecodedToken } from '../../components/decode-token.ts'

export type Worth = 'live' | 'grace' | 'superseded' | 'ended' | 'expired' | 'unknown'

/** Returns the standing. `slot` is the slot of the token's scope, or undefined if the integration has no such slot. */
export function worthOf({ claims }: Pick<DecodedToken, 'claims'>, slot: CountedSlot | undefined, now: number): Worth {
  const { jti, gen, exp } = claims
  if (slot === undefined || typeof gen !== 'number' || gen > slot.generation) return 'unknown'
  if (slot.live?.jti === jti && slot.live?.generation === gen) return slot.live.endsAtMs > now ? 'live' : 'expired'
  if (slot.in_grace !== null && slot.in_grace.jti === jti && Date.parse(slot.in_grace.accepted_until) > now)
    return 'grace'
  if (typeof exp === 'number' && exp * 1000 <= now) return 'expired'
  return slot.live !== null && gen < slot.live.generation ? 'superseded' : 'ended'
}
