// The embedded store: a SQLite database on a thread of its own, the state in memory, and the commit queue that connects
// the database with this state.
import type { Backups } from '../ports/backups.ts'
import { embeddedBackups, removeDrafts } from './transfer/embedded-backups.ts'
import type { Disk } from '../rows/disk.ts'
import { number } from '../rows/rows.ts'
import type { HistoryLimits } from './sqlite/history-log.ts'
import { WorkerDisk } from './sqlite/worker-disk.ts'
import { assembleStore, type StartOptions, type Store } from '../adapters/assemble-store.ts'
import { CommitQueue } from '../commit/commit-queue.ts'
import { soleWriter } from '../commit/commit-strategy.ts'
import { MEMORY_IS_THE_TRUTH } from '../state/freshness.ts'
import { feedPositionsOfOneProcess } from '../state/feed-positions.ts'
import { firstWrites } from '../adapters/first-writes.ts'
import { reloadTouched } from '../state/load.ts'

/**
 * The incomplete part of a transaction that a crash left at the end of the log. The transaction was not acknowledged,
 * and the start removes this part.
 */
export interface TornLog {
  readonly frames: number
  readonly bytes: number
}

/** The database file of the store, locked by this process. Its content is not checked yet. */
export interface LockedStore {
  /**
   * The canary: a sealed value with which the start checks the master key. Undefined until the first start has
   * finished.
   */
  readonly canary: Uint8Array | undefined
  /** The incomplete part at the end of the write-ahead log. Undefined if the log was complete. */
  readonly tornTail: TornLog | undefined
  /** Checks, checkpoints and loads the file. Throws `OpenStoreError`. */
  start(options: StartOptions): Promise<EmbeddedStore>
  /** Closes the file. Its content is unchanged. */
  abandon(): Promise<void>
}

export interface EmbeddedStore extends Store {
  readonly backups: Backups
  /**
   * Resolves with the reason when the disk can no longer be trusted. The process must then stop answering requests and
   * end.
   */
  readonly failed: Promise<Error>
}

/** Opens and locks the store in the file at `path`. Throws `OpenStoreError`. */
export async function lockEmbeddedStore(path: string, limits: HistoryLimits = {}): Promise<LockedStore> {
  const { disk, store, tornTail: torn } = await WorkerDisk.open(path, limits)
  removeDrafts(path)
  return {
    tornTail: torn === undefined ? undefined : { frames: number(torn, 'frames'), bytes: number(torn, 'bytes') },
    canary: (store?.['canary'] as Uint8Array | null | undefined) ?? undefined,
    start: async (options) => {
      try {
        await disk.start()
        const { clock, backupSealing: sealing, onCheckpoint } = options
        disk.onCheckpoint = onCheckpoint
        const backups = embeddedBackups({ disk, storeFile: path, clock, sealing })
        const running = await runEmbeddedStore(disk, options)
        disk.readUsesInBackground()
        return { ...running, backups, failed: disk.failed }
      } catch (cause) {
        // Ends the storage thread, which would otherwise keep the process alive.
        await disk.abandon()
        throw cause
      }
    },
    abandon: () => disk.abandon(),
  }
}

/** Loads the store from a disk that is open and checkpointed. */
export async function runEmbeddedStore(disk: Disk, options: StartOptions): Promise<Store> {
  if (options.firstContents !== undefined) await disk.commit(firstWrites(options.firstContents, options))
  return assembleStore(disk, options, (parts) => ({
    queue: new CommitQueue({
      ...parts,
      disk,
      strategy: soleWriter({
        disk,
        timed: options.onCommit,
        reload: (touched) => reloadTouched(disk, parts, touched),
      }),
    }),
    freshness: MEMORY_IS_THE_TRUTH,
    flushUsesMilliseconds: 60_000,
    feedPositionsOf: feedPositionsOfOneProcess(() => options.clock.monotonic()),
    keepCurrent: () => Promise.resolve(),
    announce: () => Promise.resolve(),
    onFloorRaised: () => undefined,
    stop: () => undefined,
  }))
}
