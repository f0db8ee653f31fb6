// The admin keys in memory, including expired and revoked keys.
import type { AdminKey } from '../domain/admin-key.ts'
import type { Disk } from '../rows/disk.ts'
import { readAdminKey } from '../rows/catalog-rows.ts'
import type { RowMacs } from '../rows/row-macs.ts'
import { Snapshot } from './snapshot.ts'

/** The keys by their hash, the oldest first. */
export type AdminKeySnapshot = Snapshot<ReadonlyMap<string, AdminKey>>

export const loadAdminKeys = (disk: Disk, macs: RowMacs): Promise<AdminKeySnapshot> =>
  Snapshot.load('admin_keys', async () => {
    const rows = await disk.read('admin_keys')
    return byHash(rows.map((row) => macs.checked('admin_key', readAdminKey(row), row)))
  })

export const byHash = (keys: readonly AdminKey[]): ReadonlyMap<string, AdminKey> =>
  new Map(keys.map((key) => [key.hash, key]))
