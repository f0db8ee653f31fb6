// The columns of a table of slots: the live token of each slot, and the time until its expiry.
import type { Slot } from '../../http/contract/admin-api.ts'
import { spoken } from '../durations.ts'
import { orDash } from '../show.ts'
import { type Column, timeColumn } from '../table.ts'

export const SLOT_COLUMNS: readonly Column<Slot>[] = [
  { heading: 'INTEGRATION', value: ({ integration_name }) => integration_name, narrow: 'cut' },
  { heading: 'CLIENT ID', value: ({ client_id }) => client_id },
  { heading: 'SCOPE', value: ({ scope }) => scope, narrow: 'cut' },
  { heading: 'GENERATION', value: ({ generation }) => String(generation), isWide: true },
  timeColumn('ISSUED', ({ live }) => live?.issued_at),
  {
    heading: 'TIME LEFT',
    value: ({ live }) => (live === null ? '-' : spoken(live.expires_in)),
    narrow: 'kept',
    colour: ({ live }) => (live === null ? 'gray' : live.expires_in < 60 ? 'yellow' : 'green'),
  },
  { heading: 'JTI', value: ({ live }) => orDash(live?.jti), isWide: true },
  { heading: 'IN GRACE UNTIL', value: ({ in_grace }) => orDash(in_grace?.accepted_until), isWide: true },
]
