// A slot as the columns of its row. What is left out is NULL.
import type { RecordedToken, Slot } from '../../domain/slot.ts'
import type { ChangedSlot } from '../../commit/staged-batch.ts'

type Columns = Readonly<Record<string, string | number | undefined>>

export const slotColumns = (slot: Slot): Columns => ({
  granted: Number(slot.granted),
  open: Number(slot.open),
  ...tokensColumns(slot),
})

/** Those that are no part of the configuration. */
export const tokensColumns = (slot: Slot): Columns => ({
  generation: slot.generation,
  issuances: slot.issuances,
  revoked_generation: slot.revokedGeneration,
  superseded_generation: slot.supersededGeneration,
  ...tokenColumns('live', slot.live),
  ...tokenColumns('prev', slot.predecessor?.token),
  prev_until: slot.predecessor?.until,
})

const tokenColumns = (prefix: 'live' | 'prev', token: RecordedToken | undefined): Columns | undefined =>
  token && {
    [`${prefix}_generation`]: token.generation,
    [`${prefix}_jti`]: token.jti,
    [`${prefix}_issued_at`]: token.issuedAt,
    [`${prefix}_expires_at`]: token.expiresAt,
    [`${prefix}_audience`]: token.audience,
  }

export const wantedSlot = ({
  slot,
  expected,
}: ChangedSlot): Readonly<Record<string, unknown>> & { readonly id: number } => ({
  ...slotColumns(slot),
  id: slot.id,
  expect: expected,
})

/** What the slot does not say itself: its live token is the one that the entry is about. */
export function ringColumns(values: readonly unknown[] | undefined): Readonly<Record<string, unknown>> {
  const [, n, , , , requests, requesters] = values ?? []
  return { ring_n: n, ring_requests: requests, ring_requesters: requesters }
}
