// The admin keys in memory: all of them, the ended ones included.
import type { AdminKey } from '../../ports/admin-keys.ts'
import type { Disk } from '../disk.ts'
import { readAdminKey } from '../rows/catalog-rows.ts'
import { Cell } from './cell.ts'

/** By hash, the oldest first. */
export type AdminKeyCell = Cell<ReadonlyMap<string, AdminKey>>

export const loadAdminKeys = (disk: Disk): Promise<AdminKeyCell> =>
  Cell.load('admin_keys', async () => byHash((await disk.read('admin_keys')).map(readAdminKey)))

export const byHash = (keys: readonly AdminKey[]): ReadonlyMap<string, AdminKey> =>
  new Map(keys.map((key) => [key.hash, key]))
