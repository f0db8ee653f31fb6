// A disk whose syncs return when the test says so: real SQLite in memory behind it, so that crashes can fall anywhere.
import { genesis, headWrite } from '../../src/storage/embedded/audit-log.ts'
import { TEST_AUDIT_MAC } from '../a-store.ts'
import { type Disk, DiskFailure, type Read, type Row, type Write } from '../../src/storage/disk.ts'
import { SqliteConnection } from '../../src/storage/sqlite/connection.ts'

interface PendingCommit {
  readonly writes: readonly Write[]
  readonly resolve: () => void
  readonly reject: (cause: Error) => void
}

export class SimulatedDisk implements Disk {
  readonly #durable: SqliteConnection
  readonly #pending: PendingCommit[] = []
  #plugged = true

  private constructor(durable: SqliteConnection) {
    this.#durable = durable
  }

  static blank(): SimulatedDisk {
    const connection = new SqliteConnection(':memory:')
    connection.migrate()
    connection.commit([headWrite(TEST_AUDIT_MAC, genesis(TEST_AUDIT_MAC))])
    return new SimulatedDisk(connection)
  }

  commit(writes: readonly Write[]): Promise<void> {
    return new Promise((resolve, reject) => {
      // After a crash nothing of this process reaches the disk any more.
      if (this.#plugged) this.#pending.push({ writes, resolve, reject })
    })
  }

  read(...[name, ...values]: Read): Promise<readonly Row[]> {
    return Promise.resolve(this.#durable.read(name, ...values))
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

  /** The sync of the oldest commit returns. */
  sync(): void {
    const commit = this.#pending.shift()
    if (commit === undefined) return
    this.#durable.commit(commit.writes)
    commit.resolve()
  }

  /** The oldest commit fails, and its outcome is in doubt: it is on the disk, or it is not. */
  fail(outcome: 'written' | 'lost'): void {
    const commit = this.#pending.shift()
    if (commit === undefined) return
    if (outcome === 'written') this.#durable.commit(commit.writes)
    commit.reject(new DiskFailure('in_doubt', 'simulated'))
  }

  /** The process dies. What it had not synced is gone; the returned disk is what the next process finds. */
  crash(): SimulatedDisk {
    this.#plugged = false
    this.#pending.length = 0
    return new SimulatedDisk(this.#durable)
  }
}
