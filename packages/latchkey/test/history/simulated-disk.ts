// A disk whose syncs return when the test tells them to. It keeps its files in an SQLite database in memory. So a test
// can crash the store at any moment.
import { genesis, headWrite } from '../../src/state/audit-log.ts'
import { TEST_AUDIT_MAC } from '../a-store.ts'
import { type Disk, DiskFailure, type Read, type Row, type Write } from '../../src/rows/disk.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'

interface PendingCommit {
  readonly writes: readonly Write[]
  /** True if every reader of the file sees the write. A power failure would still lose the write. */
  isWritten: boolean
  readonly resolve: () => void
  readonly reject: (cause: Error) => void
}

export class SimulatedDisk implements Disk {
  readonly #durable: SqliteConnection
  /** Writes of an earlier process that died before they were synced. */
  #unsynced: readonly Write[][]
  /** The files as a reader sees them, including writes that are not synced. */
  #files: SqliteConnection
  readonly #pending: PendingCommit[] = []
  #plugged = true

  private constructor(durable: SqliteConnection, unsynced: readonly Write[][] = []) {
    this.#durable = durable
    this.#unsynced = unsynced
    this.#files = unsynced.length === 0 ? durable : copyOf(durable)
    for (const writes of unsynced) this.#files.commit(writes)
  }

  static blank(): SimulatedDisk {
    return new SimulatedDisk(copyOf((blank ??= makeBlank())))
  }

  commit(writes: readonly Write[]): Promise<void> {
    return new Promise((resolve, reject) => {
      // After a crash no write of this process reaches the disk.
      if (this.#plugged) this.#pending.push({ writes, isWritten: false, resolve, reject })
    })
  }

  read(...[name, ...values]: Read): Promise<readonly Row[]> {
    return Promise.resolve(this.#files.read(name, ...values))
  }

  recover(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  abandon(): Promise<void> {
    return Promise.resolve()
  }

  /** Syncs everything that is in the files. */
  checkpoint(): void {
    for (const writes of this.#unsynced) this.#durable.commit(writes)
    this.#unsynced = []
    this.#files = this.#durable
  }

  /** Writes the oldest commit to the files, but does not sync it yet. */
  write(): void {
    const [commit] = this.#pending
    if (commit !== undefined) commit.isWritten = true
  }

  /** Completes the sync of the oldest commit. */
  sync(): void {
    const commit = this.#pending.shift()
    if (commit === undefined) return
    // A sync covers the whole file.
    this.checkpoint()
    this.#durable.commit(commit.writes)
    commit.resolve()
  }

  /** Makes the oldest commit fail with an unknown outcome. `outcome` decides whether its writes are on the disk. */
  fail(outcome: 'written' | 'lost'): void {
    const commit = this.#pending.shift()
    if (commit === undefined) return
    this.checkpoint()
    if (outcome === 'written') this.#durable.commit(commit.writes)
    commit.reject(new DiskFailure('outcome_unknown', 'simulated'))
  }

  /** Returns a copy of the content that a power failure would leave. */
  copy(): SimulatedDisk {
    return new SimulatedDisk(copyOf(this.#durable))
  }

  /**
   * Raises the generation floor, below which no token is live, as a restore does. `at` is in seconds since the epoch.
   */
  raiseFloor(at: number): void {
    this.#durable.database.exec(`UPDATE store SET floor = max(floor + 1, ${String(at)} * 1000000)`)
  }

  /**
   * Ends the process, or lets the power fail, which loses the writes that were not synced. Returns the disk that the
   * next process finds.
   */
  crash(of: 'process' | 'power' = 'process'): SimulatedDisk {
    this.#plugged = false
    const written = this.#pending.splice(0).filter(({ isWritten }) => isWritten)
    const unsynced = [...this.#unsynced, ...written.map(({ writes }) => [...writes])]
    return new SimulatedDisk(this.#durable, of === 'power' ? [] : unsynced)
  }
}

let blank: SqliteConnection | undefined

function makeBlank(): SqliteConnection {
  const connection = new SqliteConnection(':memory:')
  connection.migrate()
  connection.commit([headWrite(TEST_AUDIT_MAC, genesis(TEST_AUDIT_MAC))])
  return connection
}

function copyOf({ database }: SqliteConnection): SqliteConnection {
  const copy = new SqliteConnection(':memory:')
  copy.database.deserialize(database.serialize())
  copy.migrate()
  return copy
}
