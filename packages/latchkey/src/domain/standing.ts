// Decides from the state of its slot whether a presented token with a valid signature is live, and otherwise why it is
// rejected.
import type { AccessTokenClaims, Standing } from '@latchkey/protocol'
import { type EpochSeconds, type Slot, sameToken } from './slot.ts'

/**
 * Returns the standing of a token: `live`, or the first reason that applies. `audience` is the present audience of its
 * scope, or undefined if the scope was deleted. `superseded` is checked before `expired`, because `superseded` tells
 * the client that a newer token exists. A client with several instances can then use the newer token instead of
 * requesting another one.
 */
export function standing(
  presented: AccessTokenClaims,
  slot: Slot | undefined,
  audience: string | undefined,
  now: EpochSeconds,
): Standing {
  if (audience !== undefined && presented.aud !== audience) return 'wrong_audience'
  if (slot === undefined) return 'unknown'
  if (presented.gen === NO_GENERATION || presented.gen > slot.generation) return 'unknown'
  const recorded = recordedToken(slot, presented.gen)
  if (recorded !== undefined && !sameToken(recorded, presented)) return 'unknown'
  if (slot.granted && !slot.open) return 'integration_disabled'
  if (audience === undefined || !slot.granted || presented.gen === slot.revokedGeneration) return 'revoked'
  if (recorded === undefined || isGraceOver(slot, presented.gen, now)) return 'superseded'
  return now >= recorded.expiresAt || presented.gen <= slot.endedGeneration ? 'expired' : 'live'
}

/** The number in place of a generation if the slot has never had a revoked or superseded token. */
const NO_GENERATION = 0

const recordedToken = (slot: Slot, generation: number) =>
  slot.live?.generation === generation
    ? slot.live
    : slot.predecessor?.token.generation === generation
      ? slot.predecessor.token
      : undefined

const isGraceOver = (slot: Slot, generation: number, now: EpochSeconds): boolean =>
  slot.predecessor?.token.generation === generation &&
  (now >= slot.predecessor.until || generation <= slot.endedGeneration)
