// latchkey tokens history: shows who requested the last tokens of a slot, and so replaced the previous tokens.
import type { Command } from 'commander'
import type { SlotHistory } from '../../http/contract/admin-api.ts'
import { adminClient, at } from '../admin-api/admin-client.ts'
import { INTEGRATION_ARGUMENT, listCommand } from '../command.ts'
import { orDash, showJson, type Shown } from '../show.ts'
import { type Column, fromNow, showTable, type TableOptions } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export function addTokenHistory(tokens: Command, terminal: Terminal): void {
  const text = {
    does: 'who replaced my token? shows the last 16 issuances of a scope, newest first, and who requested them',
    examples: ['latchkey tokens history lk0123456789abcd machinelearning.predict'],
  }
  listCommand(tokens, 'history', text)
    .argument(...INTEGRATION_ARGUMENT)
    .argument('<scope>', 'the scope of the token')
    .action(async (which: string, scope: string, { json, wide }: Shown & TableOptions) => {
      const slot = await adminClient(terminal.env).get<SlotHistory>(at`/integrations/${which}/tokens/${scope}`)
      if (json === true) showJson(terminal, slot)
      else if (slot.history.length > 0)
        showTable(terminal, slot.history.flatMap(rowsOf(slot.live?.jti)), { columns: COLUMNS, wide })
      else terminal.remark('No token of this scope was issued yet.')
    })
}

type Issuance = SlotHistory['history'][number]

interface HistoryRow extends Omit<Issuance, 'requesters' | 'handed_to'> {
  readonly isLive: boolean
  readonly requester?: Issuance['requesters'][number]
  /** True if the token was issued for another request, and this caller received the same token later. */
  readonly isHandedTo?: boolean
}

/**
 * Prints one row for each caller, because concurrent requests share a token, and later requests may receive the same
 * token.
 */
const rowsOf =
  (liveJti: string | undefined) =>
  ({ requesters, handed_to: handedTo, ...issuance }: Issuance): readonly HistoryRow[] => {
    const start = { ...issuance, isLive: issuance.jti === liveJti }
    const rows = [
      ...requesters.map((requester) => ({ ...start, requester })),
      ...handedTo.map((requester) => ({ ...start, requester, isHandedTo: true })),
    ]
    return rows.length === 0 ? [start] : rows
  }

const COLUMNS: readonly Column<HistoryRow>[] = [
  { heading: 'GENERATION', value: ({ generation }) => String(generation) },
  {
    heading: 'ISSUED',
    value: ({ issued_at }) => issued_at,
    short: ({ issued_at }) => fromNow(issued_at),
    narrow: 'kept',
  },
  {
    heading: 'NOW',
    value: ({ isLive }) => (isLive ? 'live' : 'ended'),
    narrow: 'kept',
    colour: ({ isLive }) => (isLive ? 'green' : 'gray'),
  },
  { heading: 'REQUESTS', value: ({ requests }) => String(requests), isWide: true },
  { heading: 'ADDRESS', value: ({ requester }) => orDash(requester?.address), narrow: 'kept' },
  { heading: 'USER AGENT', value: ({ requester }) => orDash(requester?.user_agent), narrow: 'cut' },
  { heading: 'CREDENTIAL', value: ({ requester }) => orDash(requester?.credential_id), isWide: true },
  { heading: 'JTI', value: ({ jti }) => jti, isWide: true },
  // New columns come last, so that the other columns keep their positions for scripts.
  { heading: 'SUBJECT', value: ({ requester }) => orDash(requester?.subject), narrow: 'cut' },
  { heading: 'HOW', value: ({ isHandedTo }) => (isHandedTo === true ? 'handed to' : 'requested') },
]
