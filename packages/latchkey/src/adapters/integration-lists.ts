// Reads integrations for operators: a single integration, a page of the list, and the number of integrations.
import type { AttentionKind } from '../domain/attention.ts'
import type {
  IntegrationFilter,
  IntegrationOrder,
  Integrations,
  IntegrationSummary,
  ListPosition,
} from '../ports/integrations.ts'
import { ANY_MASK, COUNTED_KINDS, maskOf } from '../rows/attention-masks.ts'
import type { IntegrationFilterValues } from '../rows/commands.ts'
import type { Disk, Row } from '../rows/disk.ts'
import { folded, number, readLastUse, readProfile, text } from '../rows/rows.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import type { SecretUses } from './secret-uses.ts'

type Lists = Pick<Integrations, 'findByIdOrClientId' | 'list' | 'count'>

const COLUMNS = {
  created: 'seq',
  name: 'name_folded',
  last_used: 'last_used_at',
  attention: 'attention_order',
} as const

export interface ListPorts {
  readonly queue: CommitQueue
  readonly disk: Disk
  readonly uses: SecretUses
}

/**
 * Combines each row with the state of its integration in memory. Leaves out a row whose integration is no longer in
 * memory, because it was deleted.
 */
export const summariesOf = ({ queue, uses }: ListPorts, rows: readonly Row[]): readonly IntegrationSummary[] =>
  rows.flatMap((row) => {
    const clientId = text(row, 'client_id')
    const state = queue.live.committed(clientId)
    if (state === undefined) return []
    const lastUse = uses.ofIntegration(state.integration, readLastUse(row))
    return [{ ...readProfile(row), state, updatedAt: number(row, 'updated_at'), lastUse }]
  })

export function integrationLists(ports: ListPorts): Lists {
  const { disk, queue } = ports
  return {
    findByIdOrClientId: async (name) => {
      const read = name.startsWith('int_') ? 'integration_by_id' : 'integration_by_client_id'
      const [found] = summariesOf(ports, await disk.read(read, name))
      // `find` throws while the outcome of the last change of the integration is unknown, because the caller may act on
      // the state.
      if (found !== undefined) queue.live.find(found.state.integration.clientId)
      return found
    },

    list: async ({ order, limit, after, ...filter }) => {
      // Reads one row more than requested, to learn whether there is a next page.
      const rows = await disk.read(
        `integrations_by_${order}`,
        ...filterOf(filter),
        after?.value ?? null,
        after?.seq ?? null,
        limit + 1,
      )
      const shown = rows.slice(0, limit)
      const last = rows.length > limit ? shown.at(-1) : undefined
      return { items: summariesOf(ports, shown), next: last === undefined ? undefined : positionOf(last, order) }
    },

    count: async (filter) => {
      const rows = await disk.read('count_integrations', ...filterOf({ ...filter, enabled: undefined }))
      const counted = (enabled: number, column: string) =>
        Number(rows.find((row) => row['enabled'] === enabled)?.[column] ?? 0)
      // A disabled integration never needs attention.
      const attention = COUNTED_KINDS.map(({ kind, column }) => [kind, counted(1, column)])
      return {
        active: counted(1, 'n'),
        disabled: counted(0, 'n'),
        attention: { ...(Object.fromEntries(attention) as Record<AttentionKind, number>), any: counted(1, 'n_any') },
      }
    },
  }
}

const filterOf = ({ search, enabled, scope, attention }: IntegrationFilter): IntegrationFilterValues => [
  search === undefined ? null : folded(search),
  search ?? null,
  enabled === undefined ? null : Number(enabled),
  scope ?? null,
  JSON.stringify(Object.fromEntries([...attention.present].map(([clientId, kinds]) => [clientId, maskOf(kinds)]))),
  attention.unusedBefore,
  attention.only === undefined ? null : attention.only === 'any' ? ANY_MASK : maskOf([attention.only]),
]

function positionOf(row: Row, order: IntegrationOrder): ListPosition {
  const column = COLUMNS[order.replace('-', '') as keyof typeof COLUMNS]
  return { value: row[column] as string | number, seq: number(row, 'seq') }
}
