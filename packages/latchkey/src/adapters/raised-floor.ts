// Handles a generation floor that a restore or a move of the database has raised since the audit trail last recorded
// it.
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
  /** The floor that the audit trail has recorded. */
  readonly recorded: number
  /** The note of the restore. Undefined if no restore raised the floor. */
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
 * A restore without the master key could not check the seal of its backup, so the start does. Throws if the seal does
 * not fit: then no server of this store made the backup.
 */
export function refuseForged({ note }: Floor, sealing: BackupSealing): void {
  if (note?.backup === undefined || note.backup === 'unsealed' || sealing.fits(note.backup)) return
  throw new Error(
    'The store was restored from a backup whose seal does not fit the master key: the backup was changed after it was made. The server does not start on it. Restore another backup: latchkey restore FILE --to the same place, with --replace for a data folder.',
  )
}

/**
 * Records the raised floor in the audit trail. Does nothing if the trail has the record. If several servers start
 * together, one of them writes it. Throws `StoreUnavailable`.
 */
export async function recordRaisedFloor(queue: CommitQueue, snapshot: Snapshot<Floor>): Promise<void> {
  if (snapshot.value.floor <= snapshot.value.recorded) return
  await configure(queue, (batch) => {
    const value = batch.get(snapshot)
    // Another server wrote the record first.
    if (value.floor <= value.recorded) return accept(undefined)
    batch.record(tokensEnded(value))
    batch.put(snapshot, { floor: value.floor, recorded: value.floor, note: undefined }, ['record_floor', value.floor])
    return accept(undefined)
  })
}

function tokensEnded({ floor, recorded, note }: Floor): AuditRecord {
  // Microseconds since the epoch, or one more than the previous floor, whichever is larger.
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
