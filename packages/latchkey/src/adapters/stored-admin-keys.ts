// Implements the port for admin keys. All keys are in memory and change through the commit queue, so the server rejects
// a revoked key at once.
import { accept, type Result } from '@latchkey/protocol'
import { printableText } from '../domain/printable-text.ts'
import { addAdminKey, type LastOwnerKey, revokeAdminKey, type UnknownAdminKey } from '../domain/admin-key-change.ts'
import type { AdminKeys } from '../ports/admin-keys.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { Clock } from '../ports/clock.ts'
import type { LastUse } from '../ports/integrations.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { adminKeyInsert } from '../rows/catalog-rows.ts'
import { readLastUse, text } from '../rows/rows.ts'
import { type AdminKeySnapshot, byHash } from '../state/admin-key-snapshot.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { UnwrittenUses } from './unwritten-uses.ts'

export interface StoredAdminKeys {
  readonly adminKeys: AdminKeys
  readonly uses: UnwrittenUses<LastUse>
}

export function storedAdminKeys(
  disk: Disk,
  snapshot: AdminKeySnapshot,
  queue: CommitQueue,
  clock: Clock,
): StoredAdminKeys {
  const uses = new UnwrittenUses<LastUse>(queue, ({ at, address, userAgent }, id) => [
    ['note_admin_key_use', at, address, printableText(userAgent), id],
  ])
  const adminKeys: AdminKeys = {
    findByHash: (hash) => snapshot.value.get(hash),
    // A use that this process has not written yet takes precedence over the use in the store.
    all: async () => {
      const written = new Map((await disk.read('admin_keys')).map((row) => [text(row, 'id'), readLastUse(row)]))
      return [...snapshot.value.values()].map((key) => ({ ...key, lastUse: uses.get(key.id) ?? written.get(key.id) }))
    },
    noteUse: (id, use) => {
      uses.note(id, use)
    },
    create: (key, audit) =>
      configure(queue, (batch): Result<void, LimitReached> => {
        const added = addAdminKey([...batch.get(snapshot).values()], key, clock.now())
        if (!added.ok) return added
        const { keys, dropped } = added.value
        const removal: Write[] = dropped === undefined ? [] : [['delete_admin_key', dropped.id]]
        batch.put(snapshot, byHash(keys), ...removal, adminKeyInsert(key))
        batch.seal('admin_key', key)
        batch.record(audit)
        return accept(undefined)
      }),
    revoke: (id, audit) =>
      configure(queue, (batch): Result<void, UnknownAdminKey | LastOwnerKey> => {
        const now = clock.now()
        const revoked = revokeAdminKey([...batch.get(snapshot).values()], id, now)
        if (!revoked.ok) return revoked
        const { keys, before, after } = revoked.value
        if (after === before) return accept(undefined)
        // The event is recorded before the change, because the key may revoke itself, and a revoked key may record no
        // event.
        batch.record(audit(before))
        batch.put(snapshot, byHash(keys), ['revoke_admin_key', now, id])
        batch.seal('admin_key', after)
        return accept(undefined)
      }),
  }
  return { adminKeys, uses }
}
