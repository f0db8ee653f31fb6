// Handles a raised generation floor. Only tokens with a generation above the floor are live, so raising it ends all
// earlier tokens. A restore or a move of the database raises the floor, and the next server that starts on the store
// records that in the audit trail.
import { accept } from '@latchkey/protocol'
import { type AuditRecord, SERVER_TARGET, SYSTEM } from '../domain/audit-event.ts'
import type { BackupSealing } from '../ports/backups.ts'
import type { RestoreNote } from '../rows/restore-note.ts'
import type { Disk } from '../rows/disk.ts'
import { number } from '../rows/rows.ts'
import { Snapshot } from '../state/snapshot.ts'
import type { CommitQueue } from '../commit/commit-queue.ts'
import { configure } from '../commit/configuration.ts'

interface Floor {
  readonly floor: number
  /** The last floor that the audit trail has recorded. */
  readonly recorded: number
  /** The note that the restore left in the store. Undefined if no restore raised the floor. */
  readonly note: RestoreNote | undefined
}

export const loadFloor = (disk: Disk): Promise<Snapshot<Floor>> =>
  Snapshot.load('floor', async () => {
    const [row = {}] = await disk.read('floor')
    const text = row['put_back']
    return {
      floor: number(row, 'floor'),
      recorded: number(row, 'floor_recorded'),
      note: typeof text === 'string' ? (JSON.parse(text) as RestoreNote) : undefined,
    }
  })

/**
 * Checks the seal of the backup from which the store was restored, because the restore may have run without the master
 * key. Throws if the seal was not made with this master key for these contents.
 */
export function refuseForged({ note }: Floor, sealing: BackupSealing): void {
  if (note?.backup === undefined || note.backup === 'unsealed' || sealing.fits(note.backup)) return
  throw new Error(
    'The store was restored from a backup whose seal does not match the master key: the backup was changed after it was made. The server does not start on this store. Restore another backup to the same location with latchkey restore FILE --to LOCATION (for a data folder, add --replace).',
  )
}

/**
 * Records the raised floor in the audit trail. Does nothing if the trail already has the record. If several servers
 * start together, only one of them writes the record. Throws `StoreUnavailable`.
 */
export async function recordRaisedFloor(queue: CommitQueue, snapshot: Snapshot<Floor>): Promise<void> {
  if (snapshot.value.floor <= snapshot.value.recorded) return
  await configure(queue, (batch) => {
    const value = batch.get(snapshot)
    // Another server has written the record in the meantime.
    if (value.floor <= value.recorded) return accept(undefined)
    batch.record(tokensEnded(value))
    batch.put(snapshot, { floor: value.floor, recorded: value.floor, note: undefined }, ['record_floor', value.floor])
    return accept(undefined)
  })
}

function tokensEnded({ floor, recorded, note }: Floor): AuditRecord {
  // A raised floor is the time in microseconds since the epoch, or the previous floor plus one if that sum is larger.
  const moved = { reason: 'moved', floor_raised_at: Math.floor(floor / 1_000_000) }
  const restored = note !== undefined &&
    note.floor > recorded && {
      reason: note.reason,
      floor_raised_at: note.at,
      live_tokens: note.tokens,
      ...(note.madeAt !== null && { backup_made_at: note.madeAt }),
      ...(note.backup !== undefined && { backup_sealed: note.backup !== 'unsealed' }),
    }
  return {
    event: 'store.tokens_ended',
    actor: SYSTEM,
    target: SERVER_TARGET,
    before: { floor: recorded },
    after: { floor, ...(restored === false ? moved : restored) },
  }
}
