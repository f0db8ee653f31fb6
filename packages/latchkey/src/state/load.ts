// Reads integrations and slots into memory: at the start, and again the records whose outcome is unknown after a failed
// commit.
import { isDeepStrictEqual } from 'node:util'
import type { IntegrationState } from '../domain/integration.ts'
import type { Slot } from '../domain/slot.ts'
import type { Touched } from '../commit/staged-batch.ts'
import type { Disk, Row } from '../rows/disk.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { number, readIntegrationRow, readSlot, readState, text } from '../rows/rows.ts'
import type { LiveState } from './live-state.ts'
import type { ReplayWindows } from './replay-windows.ts'

const PAGE = 2000

/** The slots of each client, in the order of their IDs. */
type SlotsOfClients = ReadonlyMap<string, readonly Slot[]>

/** The rows of the credentials of each client, in the order in which they were added. */
type CredentialsOfClients = ReadonlyMap<string, readonly Row[]>

/** An integration with the row from which it was read. */
type StoredIntegration = readonly [IntegrationState, Row]

/**
 * Reads all slots, in pages. Calls `onPage` with the rows of each page. Does not check the MACs. The disk reads the next
 * page while this thread works on the current one.
 */
export async function loadSlots(
  disk: Pick<Disk, 'read'>,
  onPage: (rows: readonly Row[]) => void | Promise<void>,
): Promise<SlotsOfClients> {
  const floor = await floorOf(disk)
  const slots = new ByClient<Slot>()
  for (let next = disk.read('slots_after', 0, PAGE); ;) {
    const rows = await next
    const last = rows.at(-1)
    if (last === undefined) return slots.groups
    next = disk.read('slots_after', number(last, 'id'), PAGE)
    // Keeps Node from reporting an unhandled rejection if `onPage` throws and this promise is never awaited.
    next.catch(() => undefined)
    await onPage(rows)
    for (const row of rows) slots.add(text(row, 'client_id'), readSlot(row, floor))
  }
}

/**
 * Reads all credentials, in pages of their own. Few integrations have credentials, so a read for each page of
 * integrations would mostly find none.
 */
export async function loadCredentials(disk: Pick<Disk, 'read'>): Promise<CredentialsOfClients> {
  const credentials = new ByClient<Row>()
  for (let after = 0; ;) {
    const rows = await disk.read('credentials_after', after, PAGE)
    const last = rows.at(-1)
    if (last === undefined) return credentials.groups
    for (const row of rows) credentials.add(text(row, 'client_id'), row)
    after = number(last, 'ord')
  }
}

/** Yields all integrations with their slots, in pages. Does not check the MACs. Reads ahead as `loadSlots` does. */
export async function* storedIntegrationPages(
  disk: Pick<Disk, 'read'>,
  { slots, credentials }: { readonly slots: SlotsOfClients; readonly credentials: CredentialsOfClients },
): AsyncGenerator<readonly StoredIntegration[]> {
  for await (const { rows, secrets } of pagesOfRows(disk)) {
    const secretsOf = byClient(secrets)
    yield rows.map((row) => {
      const clientId = text(row, 'client_id')
      const own = { secrets: secretsOf.get(clientId) ?? [], credentials: credentials.get(clientId) ?? [] }
      const integration = readIntegrationRow(row, own)
      // Copies the array, because an array that grew by `push` may take ten times as much memory.
      return [{ integration, slots: slots.get(clientId)?.slice() ?? [] }, row]
    })
  }
}

interface PageRows {
  readonly rows: readonly Row[]
  readonly secrets: readonly Row[]
}

async function* pagesOfRows(disk: Pick<Disk, 'read'>): AsyncGenerator<PageRows> {
  let next = disk.read('integrations', 0, PAGE)
  let page: Promise<PageRows> | undefined
  for (let after = 0; ;) {
    const rows = await next
    const last = rows.at(-1)
    const ready = page
    if (last !== undefined) {
      const end = number(last, 'seq')
      page = disk.read('secrets_of_range', after, end).then((secrets) => ({ rows, secrets }))
      next = disk.read('integrations', end, PAGE)
      // Keeps Node from reporting an unhandled rejection if the caller stops and these promises are never awaited.
      void Promise.allSettled([page, next])
      after = end
    }
    if (ready !== undefined) yield await ready
    if (last === undefined) return
  }
}

/** Fills the memory. Returns the highest slot id in use. Throws `RowDamaged`. */
export async function loadIntegrations(
  disk: Pick<Disk, 'read'>,
  live: { put(clientId: string, state: IntegrationState): void },
  macs: RowMacs,
): Promise<number> {
  const slots = await loadSlots(disk, (rows) => {
    macs.checkSlots(rows)
  })
  const credentials = await loadCredentials(disk)
  for await (const page of storedIntegrationPages(disk, { slots, credentials })) {
    for (const [state, row] of page) {
      const checked = await checkedIntegration(disk, macs, state, row)
      if (checked !== undefined) live.put(state.integration.clientId, checked)
    }
  }
  const [highest] = await disk.read('highest_slot_id')
  return highest === undefined ? 0 : number(highest, 'id')
}

/** Reads the records of a batch whose outcome is unknown from the disk into memory. Throws `RowDamaged`. */
export async function reloadTouched(
  disk: Disk,
  { live, macs, windows }: { readonly live: LiveState; readonly macs: RowMacs; readonly windows: ReplayWindows },
  { clientIds, snapshots, windows: changedWindows }: Touched,
): Promise<void> {
  const found: [string, IntegrationState | undefined][] = []
  for (const clientId of clientIds) found.push([clientId, await readIntegration(disk, macs, clientId)])
  for (const [clientId, state] of found) live.put(clientId, state)
  await windows.reload(disk, changedWindows)
  for (const snapshot of snapshots) await snapshot.reload()
}

/** Returns the state that was read with this row. If its MAC does not fit, returns the result of `readIntegration`. */
export const checkedIntegration = (
  disk: Pick<Disk, 'read'>,
  macs: RowMacs,
  state: IntegrationState,
  row: Row,
): IntegrationState | Promise<IntegrationState | undefined> =>
  macs.fits('integration', state, row) ? state : readIntegration(disk, macs, state.integration.clientId)

/**
 * Returns one stored integration. Undefined if none has this client ID. Several statements read it. If another server
 * changed the integration between two of them, its MAC does not fit, and all of them run again. Throws `RowDamaged`.
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
    const secrets = await disk.read('secrets_of', clientId)
    const credentials = await disk.read('credentials_of', clientId)
    const state = readState(row, { secrets, credentials, slots }, floor)
    if (macs.fits('integration', state, row)) return state
    // The MAC is different now, so a server changed the integration during the read.
    if (before !== undefined && isDeepStrictEqual(before['mac'], row['mac']))
      return macs.checked('integration', state, row)
    before = row
  }
}

async function floorOf(disk: Pick<Disk, 'read'>): Promise<number> {
  const [store] = await disk.read('store')
  return store === undefined ? 0 : number(store, 'floor')
}

function byClient(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const clients = new ByClient<Row>()
  for (const row of rows) clients.add(text(row, 'client_id'), row)
  return clients.groups
}

class ByClient<Value> {
  readonly groups = new Map<string, Value[]>()
  // Caches the last entry, because the next value usually belongs to the same client. This saves a lookup in a map of
  // very many clients.
  #clientId: string | undefined
  #group: Value[] = []

  add(clientId: string, value: Value): void {
    if (clientId !== this.#clientId) {
      this.#clientId = clientId
      this.#group = this.groups.get(clientId) ?? []
      if (this.#group.length === 0) this.groups.set(clientId, this.#group)
    }
    this.#group.push(value)
  }
}
