// Reads integrations and slots into memory: at the start, and again for what a failed commit left in doubt.
import type { IntegrationState } from '../../domain/integration.ts'
import type { Touched } from '../commit/staged-batch.ts'
import type { Disk, Row } from '../disk.ts'
import { number, readState, text } from '../rows/rows.ts'
import type { LiveState } from './live-state.ts'

const PAGE = 2000

/** Fills the memory; returns the highest slot id in use. */
export async function loadIntegrations(
  disk: Pick<Disk, 'read'>,
  live: { put(clientId: string, state: IntegrationState): void },
): Promise<number> {
  const floor = await floorOf(disk)
  for (let after = 0; ;) {
    const rows = await disk.read('integrations', after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) break
    const range = [after, number(last, 'seq')] as const
    const secrets = byClient(await disk.read('secrets_of_range', ...range))
    const slots = byClient(await disk.read('slots_of_range', ...range))
    for (const row of rows) {
      const clientId = text(row, 'client_id')
      live.put(clientId, readState(row, secrets.get(clientId) ?? [], slots.get(clientId) ?? [], floor))
    }
    after = range[1]
  }
  const [highest] = await disk.read('highest_slot_id')
  return highest === undefined ? 0 : number(highest, 'id')
}

/** Puts in memory, as it is on the disk now, what a batch left in doubt. */
export async function reloadTouched(disk: Disk, live: LiveState, { clientIds, cells }: Touched): Promise<void> {
  const floor = await floorOf(disk)
  const found: [string, IntegrationState | undefined][] = []
  for (const clientId of clientIds) {
    const [row] = await disk.read('integration_by_client_id', clientId)
    const secrets = await disk.read('secrets_of', clientId)
    const slots = await disk.read('slots_of', clientId)
    found.push([clientId, row === undefined ? undefined : readState(row, secrets, slots, floor)])
  }
  for (const [clientId, state] of found) live.put(clientId, state)
  for (const cell of cells) await cell.reload()
}

async function floorOf(disk: Pick<Disk, 'read'>): Promise<number> {
  const [store] = await disk.read('store')
  return store === undefined ? 0 : number(store, 'floor')
}

function byClient(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const clientId = text(row, 'client_id')
    const group = groups.get(clientId)
    if (group === undefined) groups.set(clientId, [row])
    else group.push(row)
  }
  return groups
}
