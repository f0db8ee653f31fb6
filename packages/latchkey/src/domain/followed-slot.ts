// Computes the state of a slot that the feed reports to guards.
import type { FeedStanding } from '@latchkey/protocol'
import type { Slot } from './slot.ts'

export function followedStanding(slot: Slot): FeedStanding {
  if (slot.live !== undefined) return 'live'
  if (!slot.granted) return 'revoked'
  if (!slot.open) return 'integration_disabled'
  return slot.revokedGeneration > 0 ? 'revoked' : 'empty'
}
