// The last issuances of a slot as bars: how long each token lived, and who requested it.
import type { Requester, SlotHistory } from 'latchkey/admin-api'
import { type Fate, fateOf } from './fate-of.ts'

/** The history has at most 16 issuances. */
const LETTERS = 'ABCDEFGHIJKLMNOP'

export interface IssuanceBar {
  readonly generation: number
  readonly issuedAt: string
  /** The share of its lifetime for which the token was live, from 0 to 1. */
  readonly share: number
  readonly fate: Fate
  /** The first caller that requested the token. Undefined if the history names none. */
  readonly by: Requester | undefined
  /** The letter of that caller: A is the caller of the newest token. `?` without a caller. */
  readonly letter: string
  /** The first caller of the next token. */
  readonly replacedBy: Requester | undefined
}

/** Returns the oldest issuance first. `now` is in milliseconds since the epoch. */
export function issuanceBars(slot: SlotHistory, lifetimeMs: number, now: number): readonly IssuanceBar[] {
  const letters = new Map<string, string>()
  const letterOf = (requester: Requester | undefined): string => {
    if (requester === undefined) return '?'
    const key = JSON.stringify([requester.address, requester.user_agent, requester.credential_id])
    const letter = letters.get(key) ?? LETTERS[letters.size] ?? '…'
    letters.set(key, letter)
    return letter
  }
  return slot.history
    .map((issuance, index): IssuanceBar => {
      const next = slot.history[index - 1]
      const fate = fateOf(slot, { issuance, next }, now)
      const [by] = issuance.requesters
      const issuedAt = Date.parse(issuance.issued_at)
      const livedMs = fate.is === 'replaced' ? fate.livedMs : fate.is === 'live' ? now - issuedAt : lifetimeMs
      return {
        generation: issuance.generation,
        issuedAt: issuance.issued_at,
        share: Math.min(1, Math.max(0, livedMs / lifetimeMs)),
        fate,
        by,
        letter: letterOf(by),
        replacedBy: next?.requesters[0],
      }
    })
    .toReversed()
}
