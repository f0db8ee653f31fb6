// A disk whose syncs return when the test says so: real SQLite in memory behind it, so that crashes can fall anywhere.
import { genesis, headWrite } from '../../src/state/audit-log.ts'
import { TEST_AUDIT_MAC } from '../a-store.ts'
import { type Disk, DiskFailure, type Read, type Row, type Write } from '../../src/rows/disk.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'

interface PendingCommit {
  readonly writes: readonly Write[]
  /** It is in the file for every reader, and gone after a power failure. */
  isWritten: boolean
  readonly resolve: () => void
  readonly reject: (cause: Error) => void
}

export class SimulatedDisk implements Disk {
  readonly #durable: SqliteConnection
  /** What a process before this one wrote and did not live to see synced. */
  #unsynced: readonly Write[][]
  /** The files as they are read: with that. */
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

  /** What is in the files is on the disk from now on. */
  checkpoint(): void {
    for (const writes of this.#unsynced) this.#durable.commit(writes)
    this.#unsynced = []
    this.#files = this.#durable
  }

  /** The oldest commit is in the files, and its sync has not returned. */
  write(): void {
    const [commit] = this.#pending
    if (commit !== undefined) commit.isWritten = true
  }

  /** The sync of the oldest commit returns. */
  sync(): void {
    const commit = this.#pending.shift()
    if (commit === undefined) return
    // A sync is one of the whole file.
    this.checkpoint()
    this.#durable.commit(commit.writes)
    commit.resolve()
  }

  /** The oldest commit fails, and its outcome is unknown: it is on the disk, or it is not. */
  fail(outcome: 'written' | 'lost'): void {
    const commit = this.#pending.shift()
    if (commit === undefined) return
    this.checkpoint()
    if (outcome === 'written') this.#durable.commit(commit.writes)
    commit.reject(new DiskFailure('outcome_unknown', 'simulated'))
  }

  /**
   * The process dies, or the power goes and takes what was not synced. The returned disk is what the next process
   * finds.
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
