// A floor that was raised since the audit trail last told of it: by a restore, or by a move of the database.
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
  /** The one that the audit trail tells of. */
  readonly recorded: number
  /** Undefined if the last raise was not part of a restore. */
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
 * A restore without the master key could not judge the seal of its backup. Throws if the seal does not fit: then the
 * backup was not made by a server of this store.
 */
export function refuseForged({ note }: Floor, sealing: BackupSealing): void {
  if (note?.backup === undefined || note.backup === 'unsealed' || sealing.fits(note.backup)) return
  throw new Error(
    'The store was restored from a backup whose seal does not fit the master key: the backup was changed after it was made. The server does not start on it. Restore another backup: latchkey restore FILE --to the same place, with --replace for a data folder.',
  )
}

/** Does nothing when the audit trail has it already. Of several servers one does it. Throws `StoreUnavailable`. */
export async function recordRaisedFloor(queue: CommitQueue, snapshot: Snapshot<Floor>): Promise<void> {
  if (snapshot.value.floor <= snapshot.value.recorded) return
  await configure(queue, (batch) => {
    const value = batch.get(snapshot)
    // Another server came first.
    if (value.floor <= value.recorded) return accept(undefined)
    batch.record(tokensEnded(value))
    batch.put(snapshot, { floor: value.floor, recorded: value.floor, note: undefined }, ['record_floor', value.floor])
    return accept(undefined)
  })
}

function tokensEnded({ floor, recorded, note }: Floor): AuditRecord {
  // Microseconds since the epoch, or one more than the floor before.
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
