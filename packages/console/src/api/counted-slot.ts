// A slot (a client and a scope) with the moment at which its live token ends, by the clock of this machine. That clock
// may differ from the clock of the server.
import type { LiveToken, Slot } from 'latchkey/admin-api'

export interface CountedToken extends LiveToken {
  /** Milliseconds since the epoch, on the clock of this machine. */
  readonly endsAtMs: number
}

export interface CountedSlot extends Slot {
  readonly live: CountedToken | null
}

/** Adds the end of the live token to a slot. `now` is the time of the answer, in milliseconds. */
export const counted = <S extends Slot>(slot: S, now: number): S & CountedSlot => ({
  ...slot,
  live: slot.live && { ...slot.live, endsAtMs: now + slot.live.expires_in * 1000 },
})

/** Returns the remaining share of the token's lifetime, from 1 to 0. */
export function shareLeft({ issued_at, expires_at, endsAtMs }: CountedToken, now: number): number {
  const lifetime = Date.parse(expires_at) - Date.parse(issued_at)
  return lifetime > 0 ? Math.min(1, Math.max(0, (endsAtMs - now) / lifetime)) : 0
}

/** Returns the tokens that are live at `now`, the next to expire first. */
export const liveTokens = (slots: readonly CountedSlot[], now: number): readonly CountedToken[] =>
  slots
    .flatMap(({ live }) => (live === null || live.endsAtMs <= now ? [] : [live]))
    .toSorted((one, other) => one.endsAtMs - other.endsAtMs)
