// The verdict of the live table on a token. It checks the reasons of a refusal in the same order as the server.
import type { Reason } from '@latchkey/protocol'
import type { LiveTable } from './live-table.ts'
import { isExpired } from './liveness.ts'
import type { SignedToken } from './signed-tokens.ts'

/**
 * `newer`: the token is not in the table yet. Any verdict other than `live` and `newer` is final, because generations
 * only grow.
 */
export type TableVerdict = 'live' | 'newer' | Reason

/** The placeholder in a slot that never had a token. */
const NO_GENERATION = 0

/** @param slot the result of `find`: -1 if the table has no slot. */
export function standingIn(table: LiveTable, slot: number, signed: SignedToken): TableVerdict {
  const { generation, expiresAt } = signed.claims
  if (generation === NO_GENERATION) return 'unknown'
  if (slot === -1 || generation > table.generation(slot)) return 'newer'
  const own = table.tokenGeneration(slot)
  switch (table.standing(slot)) {
    case 'integration_disabled':
      return 'integration_disabled'
    case 'revoked':
      // After a revocation the table may know only that the earlier tokens have ended, but not why.
      return generation < own ? 'superseded' : 'revoked'
    case 'empty':
      return 'superseded'
    case 'live':
      if (generation !== own) return ofPredecessor(table, slot, signed)
      if (!table.isLiveToken(slot, { generation, expiresAt, jtiHash: signed.jtiHash })) return 'unknown'
      if (!table.isEnded(slot) && !isExpired(signed)) return 'live'
      table.markEnded(slot)
      return 'expired'
  }
}

function ofPredecessor(table: LiveTable, slot: number, signed: SignedToken): TableVerdict {
  const recorded = table.predecessor(slot)
  const { generation, expiresAt } = signed.claims
  if (recorded?.generation !== generation) return 'superseded'
  if (recorded.expiresAt !== expiresAt || recorded.jtiHash !== signed.jtiHash) return 'unknown'
  if (recorded.isEnded || Date.now() / 1000 >= recorded.until) {
    recorded.isEnded = true
    return 'superseded'
  }
  return isExpired(signed) ? 'expired' : 'live'
}
