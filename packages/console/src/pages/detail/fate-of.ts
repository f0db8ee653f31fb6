// How an issued token ended.
import type { Issuance, SlotHistory } from 'latchkey/admin-api'

export type Fate =
  | { readonly is: 'live' }
  /** No token came after it: it expired, or it was revoked. */
  | { readonly is: 'over' }
  /** A newer token replaced it after `livedMs`. It is still accepted until its grace ends. */
  | { readonly is: 'replaced'; readonly livedMs: number; readonly isInGrace: boolean }

interface IssuedToken {
  readonly issuance: Pick<Issuance, 'generation' | 'issued_at'>
  /** The next issuance. Undefined for the last one. */
  readonly next: Pick<Issuance, 'issued_at'> | undefined
}

export function fateOf(
  slot: Pick<SlotHistory, 'live' | 'in_grace'>,
  { issuance, next }: IssuedToken,
  now: number,
): Fate {
  const { generation, issued_at: issuedAt } = issuance
  if (slot.live?.generation === generation && Date.parse(slot.live.expires_at) > now) return { is: 'live' }
  if (next === undefined) return { is: 'over' }
  return {
    is: 'replaced',
    livedMs: Date.parse(next.issued_at) - Date.parse(issuedAt),
    isInGrace: slot.in_grace?.generation === generation && Date.parse(slot.in_grace.accepted_until) > now,
  }
}
