// A slot as the columns of its row.
import type { RecordedToken, Slot } from '../../domain/slot.ts'

export const slotColumns = (slot: Slot): Readonly<Record<string, string | number | null>> => ({
  granted: Number(slot.granted),
  open: Number(slot.open),
  generation: slot.generation,
  issuances: slot.issuances,
  revoked_generation: slot.revokedGeneration,
  superseded_generation: slot.supersededGeneration,
  ...tokenColumns('live', slot.live),
  ...tokenColumns('prev', slot.predecessor?.token),
  prev_until: slot.predecessor?.until ?? null,
})

const tokenColumns = (prefix: 'live' | 'prev', token: RecordedToken | undefined) => ({
  [`${prefix}_generation`]: token?.generation ?? null,
  [`${prefix}_jti`]: token?.jti ?? null,
  [`${prefix}_issued_at`]: token?.issuedAt ?? null,
  [`${prefix}_expires_at`]: token?.expiresAt ?? null,
  [`${prefix}_audience`]: token?.audience ?? null,
})
