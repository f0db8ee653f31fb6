// Reads the store into memory: at the start, and again for what a failed commit left in doubt.
import type { IntegrationState } from '../../domain/integration.ts'
import type { AdminKeys } from '../../ports/admin-keys.ts'
import type { Catalog, ScopeRecord } from '../../ports/catalog.ts'
import type { Disk, Row, Write } from '../disk.ts'
import { readAdminKey, readApi, readScope } from '../sqlite/catalog-rows.ts'
import { number, readState, text } from '../sqlite/rows.ts'
import type { LiveState } from './live-state.ts'

const PAGE = 2000

/** Fills the memory; returns the highest slot id in use. */
export async function loadIntegrations(disk: Disk, live: LiveState): Promise<number> {
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

/** Puts the named integrations in memory as they are on the disk now. */
export async function reloadIntegrations(disk: Disk, live: LiveState, clientIds: readonly string[]): Promise<void> {
  const floor = await floorOf(disk)
  const found: [string, IntegrationState | undefined][] = []
  for (const clientId of clientIds) {
    const [row] = await disk.read('integration_by_client_id', clientId)
    const secrets = await disk.read('secrets_of', clientId)
    const slots = await disk.read('slots_of', clientId)
    found.push([clientId, row === undefined ? undefined : readState(row, secrets, slots, floor)])
  }
  for (const [clientId, state] of found) live.put(clientId, state)
}

/**
 * The scopes and APIs. A scope whose audience is another one than at the last start has its slots emptied first, in one
 * commit, so that going back to the old audience revives nothing.
 */
export async function loadCatalog(disk: Disk, defaultAudience: string): Promise<Catalog> {
  const rows = await disk.read('scopes')
  const scopes = rows.map((row) => readScope(row, defaultAudience))
  const moved = scopes.filter((scope, index) => rows[index]?.['audience_in_force'] !== scope.audience)
  const writes = moved.flatMap((scope): Write[] => [
    ['empty_slots_of_scope', scope.name],
    ['update_scope_audience', scope.audience, scope.name],
  ])
  if (writes.length > 0) await disk.commit(writes)
  const apis = (await disk.read('apis')).map(readApi)
  const byName = new Map<string, ScopeRecord>(scopes.map((scope) => [scope.name, scope]))
  return { scope: (name) => byName.get(name), scopes: () => scopes, apis: () => apis }
}

export async function loadAdminKeys(disk: Disk): Promise<AdminKeys> {
  const keys = (await disk.read('admin_keys')).map(readAdminKey)
  const byHash = new Map(keys.map((key) => [key.hash, key]))
  return { findByHash: (hash) => byHash.get(hash) }
}

async function floorOf(disk: Disk): Promise<number> {
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
