// Reads integrations and slots into memory: at the start, and again for what a failed commit left in doubt.
import { isDeepStrictEqual } from 'node:util'
import type { IntegrationState } from '../domain/integration.ts'
import type { Touched } from '../commit/staged-batch.ts'
import type { Disk, Row } from '../rows/disk.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { number, readState, text } from '../rows/rows.ts'
import type { LiveState } from './live-state.ts'

const PAGE = 2000

interface StoredIntegrations {
  readonly states: readonly (readonly [IntegrationState, Row])[]
  /** The rows of their slots. */
  readonly slots: readonly Row[]
}

/** Yields every stored integration with its row, in pages. Does not check the MACs. */
export async function* storedIntegrationPages(disk: Pick<Disk, 'read'>): AsyncGenerator<StoredIntegrations> {
  const floor = await floorOf(disk)
  for (let after = 0; ;) {
    const rows = await disk.read('integrations', after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return
    const range = [after, number(last, 'seq')] as const
    const secrets = byClient(await disk.read('secrets_of_range', ...range))
    const slots = await disk.read('slots_of_range', ...range)
    const slotsOf = byClient(slots)
    const states = rows.map((row) => {
      const clientId = text(row, 'client_id')
      return [readState(row, secrets.get(clientId) ?? [], slotsOf.get(clientId) ?? [], floor), row] as const
    })
    yield { states, slots }
    after = range[1]
  }
}

/** Fills the memory; returns the highest slot id in use. Throws `RowDamaged`. */
export async function loadIntegrations(
  disk: Pick<Disk, 'read'>,
  live: { put(clientId: string, state: IntegrationState): void },
  macs: RowMacs,
): Promise<number> {
  for await (const { states, slots } of storedIntegrationPages(disk)) {
    macs.checkSlots(slots)
    for (const [state, row] of states) {
      const checked = await checkedIntegration(disk, macs, state, row)
      if (checked !== undefined) live.put(state.integration.clientId, checked)
    }
  }
  const [highest] = await disk.read('highest_slot_id')
  return highest === undefined ? 0 : number(highest, 'id')
}

/** Puts in memory, as it is on the disk now, what a batch left in doubt. Throws `RowDamaged`. */
export async function reloadTouched(
  disk: Disk,
  { live, macs }: { readonly live: LiveState; readonly macs: RowMacs },
  { clientIds, cells }: Touched,
): Promise<void> {
  const found: [string, IntegrationState | undefined][] = []
  for (const clientId of clientIds) found.push([clientId, await readIntegration(disk, macs, clientId)])
  for (const [clientId, state] of found) live.put(clientId, state)
  for (const cell of cells) await cell.reload()
}

/** Returns the state that was read with this row, or, if its MAC does not fit, what `readIntegration` returns. */
export const checkedIntegration = (
  disk: Pick<Disk, 'read'>,
  macs: RowMacs,
  state: IntegrationState,
  row: Row,
): IntegrationState | Promise<IntegrationState | undefined> =>
  macs.fits('integration', state, row) ? state : readIntegration(disk, macs, state.integration.clientId)

/**
 * Returns one stored integration; undefined if none has this client ID. Several statements read it: if another server
 * changed the integration between two of them, so that its MAC does not fit, all of them run again. Throws `RowDamaged`.
 */
async function readIntegration(
  disk: Pick<Disk, 'read'>,
  macs: RowMacs,
  clientId: string,
): Promise<IntegrationState | undefined> {
  const floor = await floorOf(disk)
  for (let before: Row | undefined; ;) {
    const [row] = await disk.read('integration_by_client_id', clientId)
    if (row === undefined) return undefined
    const slots = await disk.read('slots_of', clientId)
    macs.checkSlots(slots)
    const state = readState(row, await disk.read('secrets_of', clientId), slots, floor)
    if (macs.fits('integration', state, row)) return state
    // A change by a server changes the MAC.
    if (before !== undefined && isDeepStrictEqual(before['mac'], row['mac']))
      return macs.checked('integration', state, row)
    before = row
  }
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
