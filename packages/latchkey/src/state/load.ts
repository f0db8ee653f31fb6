// Reads integrations and slots into memory: at the start all of them, and after a failed commit those whose state is
// unknown.
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

/** The slots of each client ID, in the order of their ids. */
type SlotsOfClients = ReadonlyMap<string, readonly Slot[]>

/** The rows of the credentials of each client ID, in the order in which they were added. */
type CredentialsOfClients = ReadonlyMap<string, readonly Row[]>

/** An integration with the row from which it was read. */
type StoredIntegration = readonly [IntegrationState, Row]

/**
 * Reads all slots in pages. Calls `onPage` with the rows of each page. Does not check the MACs. Requests the next page
 * from the disk before it processes the current page.
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
    // If `onPage` throws, nothing awaits this promise. The handler keeps Node.js from reporting an unhandled rejection.
    next.catch(() => undefined)
    await onPage(rows)
    for (const row of rows) slots.add(text(row, 'client_id'), readSlot(row, floor))
  }
}

/**
 * Reads all credentials in pages. They are not read with the pages of integrations, because most integrations have no
 * credentials and most such reads would find nothing.
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

/**
 * Yields all integrations with their slots, in pages. Does not check the MACs. Requests the next page before it yields
 * the current page.
 */
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
      // `slice` copies the array, because an array that grew by `push` may need ten times the memory.
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
      // If the caller stops, nothing awaits these promises. `allSettled` keeps Node.js from reporting an unhandled
      // rejection.
      void Promise.allSettled([page, next])
      after = end
    }
    if (ready !== undefined) yield await ready
    if (last === undefined) return
  }
}

/**
 * Reads all integrations and slots into memory and checks their MACs. Returns the highest slot id in use. Throws
 * `RowDamaged`.
 */
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

/** Reads the records of a batch with an unknown outcome from the disk into memory. Throws `RowDamaged`. */
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

/**
 * Returns `state` if its MAC is right. Otherwise reads the integration again, because another server may have changed
 * it during the first read.
 */
export const checkedIntegration = (
  disk: Pick<Disk, 'read'>,
  macs: RowMacs,
  state: IntegrationState,
  row: Row,
): IntegrationState | Promise<IntegrationState | undefined> =>
  macs.fits('integration', state, row) ? state : readIntegration(disk, macs, state.integration.clientId)

/**
 * Reads one integration from the store. Undefined if the store has no integration with this client ID. If another
 * server changes the integration between two of the SQL statements, the MAC is wrong, and all statements run again.
 * Throws `RowDamaged`.
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
    // If the row has the same wrong MAC twice, the integration did not change during the read, so the row is damaged.
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
  // Caches the last group, because the next value usually belongs to the same client. The cache saves a lookup in a
  // very large map.
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
