// The admin keys port: all keys in memory, changed through the commit queue; a revoked one opens nothing from then on.
import { accept, refuse, type Result } from '@latchkey/protocol'
import { adminKeyStatus } from '../domain/admin-key-status.ts'
import { printableAgent } from '../domain/printable-agent.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { AdminKey, AdminKeys, LastOwnerKey, UnknownAdminKey } from '../ports/admin-keys.ts'
import type { LimitReached } from '../domain/limit-reached.ts'
import type { Clock } from '../ports/clock.ts'
import type { LastUse } from '../ports/integrations.ts'
import type { Disk, Write } from '../rows/disk.ts'
import { adminKeyInsert } from '../rows/catalog-rows.ts'
import { readLastUse, text } from '../rows/rows.ts'
import { type AdminKeyCell, byHash } from '../state/admin-key-cell.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'
import { UnwrittenUses } from './unwritten-uses.ts'

export interface StoredAdminKeys {
  readonly adminKeys: AdminKeys
  readonly uses: UnwrittenUses<LastUse>
}

const MOST_ADMIN_KEYS = 1000

export function storedAdminKeys(disk: Disk, cell: AdminKeyCell, queue: CommitQueue, clock: Clock): StoredAdminKeys {
  const uses = new UnwrittenUses<LastUse>(queue, ({ at, address, userAgent }, id) => [
    ['note_admin_key_use', at, address, printableAgent(userAgent), id],
  ])
  const adminKeys: AdminKeys = {
    findByHash: (hash) => cell.value.get(hash),
    // Others write uses too: the later one of what was read and what is not there yet.
    all: async () => {
      const written = new Map((await disk.read('admin_keys')).map((row) => [text(row, 'id'), readLastUse(row)]))
      return [...cell.value.values()].map((key) => ({ ...key, lastUse: uses.get(key.id) ?? written.get(key.id) }))
    },
    noteUse: (id, use) => {
      uses.note(id, use)
    },
    create: (key, audit) =>
      configure(queue, (batch): Result<void, LimitReached> => {
        const before = [...batch.get(cell).values()]
        const dropped =
          before.length < MOST_ADMIN_KEYS ? undefined : before.find((other) => hasEnded(other, clock.now()))
        if (before.length >= MOST_ADMIN_KEYS && dropped === undefined) {
          return refuse({ reason: 'limit_reached', most: MOST_ADMIN_KEYS })
        }
        const removal: Write[] = dropped === undefined ? [] : [['delete_admin_key', dropped.id]]
        const after = byHash([...before.filter((other) => other !== dropped), key])
        batch.put(cell, after, ...removal, adminKeyInsert(key))
        batch.seal('admin_key', key)
        batch.record(audit)
        return accept(undefined)
      }),
    revoke: (id, audit) =>
      configure(queue, (batch): Result<void, UnknownAdminKey | LastOwnerKey> => {
        const keys = [...batch.get(cell).values()]
        const key = keys.find((candidate) => candidate.id === id)
        if (key === undefined) return refuse({ reason: 'unknown_admin_key' })
        if (key.revokedAt !== undefined) return accept(undefined)
        const now = clock.now()
        const owners = keys.filter((other) => other.role === 'owner' && !hasEnded(other, now))
        if (owners.length === 1 && owners[0] === key) return refuse({ reason: 'last_owner_key' })
        const revoked = { ...key, revokedAt: now }
        batch.record(audit(key))
        batch.put(cell, byHash(keys.map((other) => (other === key ? revoked : other))), ['revoke_admin_key', now, id])
        batch.seal('admin_key', revoked)
        return accept(undefined)
      }),
  }
  return { adminKeys, uses }
}

const hasEnded = (key: AdminKey, now: EpochSeconds): boolean => adminKeyStatus(key, now) !== 'active'
