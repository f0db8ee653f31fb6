// A slot as a row of a table: its live token and the time that is left.
import type { Slot } from '../../http/contract/admin-api.ts'
import { spoken } from '../durations.ts'

export const SLOT_HEADINGS = [
  'INTEGRATION',
  'CLIENT ID',
  'SCOPE',
  'GENERATION',
  'ISSUED',
  'TIME LEFT',
  'JTI',
  'IN GRACE UNTIL',
]

export const slotRow = ({
  integration_name,
  client_id,
  scope,
  generation,
  live,
  in_grace,
}: Slot): readonly string[] => [
  integration_name,
  client_id,
  scope,
  String(generation),
  live?.issued_at ?? '-',
  live === null ? '-' : spoken(live.expires_in),
  live?.jti ?? '-',
  in_grace?.accepted_until ?? '-',
]
