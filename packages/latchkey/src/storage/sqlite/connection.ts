// The only connection to the SQLite file. It has an exclusive lock, and syncs every commit.
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { ReadName } from '../../rows/commands.ts'
import type { Row, SqlValue, Write } from '../../rows/disk.ts'
import { folded } from '../../rows/rows.ts'
import { classifyFailure } from './failure.ts'
import { explainDamage, LogDamaged, StoreDamaged } from './log-damaged.ts'
import { condemnLog, LogMark, removeMark } from './log-mark.ts'
import type { HistoryLimits } from './history-log.ts'
import { MIGRATIONS } from './migrations.ts'
import { PreparedStatements } from './prepared-statements.ts'
import { runStep } from './run-step.ts'
import { addSlotFunctions } from './slot-functions.ts'
import { isAboutSlots, SlotRows } from './slot-rows.ts'
import { READS, WRITES } from './statements.ts'
import { type TornTail, walkLog } from './walk-log.ts'

/** Thrown if another process uses the data folder. */
export class StoreLocked extends Error {}

/** Thrown if a later version of Latchkey wrote the file. */
export class SchemaTooNew extends Error {}

export class SqliteConnection {
  readonly path: string
  readonly #damagedLog: 'refused' | 'dropped'
  readonly #limits: HistoryLimits
  #database: DatabaseSync
  /**
   * The incomplete part of a transaction that a crash left at the end of the log. SQLite drops this part. Undefined if
   * the log was complete.
   */
  tornTail: TornTail | undefined
  /** True if the log was damaged and the transactions after the damage were dropped. */
  hasDroppedDamage = false
  #mark: LogMark | undefined
  #slots: SlotRows
  #statements: PreparedStatements

  /**
   * Opens the file. If `damagedLog` is `dropped`, a damaged write-ahead log is used up to the damage. Throws
   * `StoreLocked`, `SchemaTooNew` and `LogDamaged`.
   */
  constructor(path: string, damagedLog: 'refused' | 'dropped' = 'refused', limits: HistoryLimits = {}) {
    this.path = path
    this.#limits = limits
    this.#damagedLog = damagedLog
    this.#database = this.#open()
    this.#statements = new PreparedStatements(this.#database)
    this.#slots = new SlotRows(this.#database, limits, this.#statements)
    if (this.#schema() > MIGRATIONS.length) {
      const found = this.#schema()
      this.#database.close()
      throw new SchemaTooNew(
        `The store has schema ${String(found)}, and this version of Latchkey knows ${String(MIGRATIONS.length)}. Start the newer version.`,
      )
    }
  }

  /** False if the file is new and has no tables yet. */
  get hasTables(): boolean {
    return this.#schema() > 0
  }

  /** The open database, from which a backup is copied. */
  get database(): DatabaseSync {
    return this.#database
  }

  /**
   * Brings an older schema up to date. Each step is carried out completely or not at all, even if the process crashes.
   */
  migrate(): void {
    const found = this.#schema()
    // The function `folded` is needed because lower() of SQLite changes only ASCII letters.
    this.#database.function('folded', { deterministic: true }, (name) => folded(String(name)))
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index >= found) runStep(this.#database, index + 1, sql)
    }
  }

  commit(writes: readonly Write[]): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const write of writes) this.#write(write)
      this.#slots.beforeCommit()
      this.#database.exec('COMMIT')
    } catch (cause) {
      this.#rollBack()
      throw cause
    }
    this.#slots.committed()
    this.#mark?.note()
  }

  #write(write: Write): void {
    if (isAboutSlots(write)) {
      this.#slots.run(write)
      return
    }
    const [name, ...values] = write
    if (write[0] === 'delete_integration') this.#slots.uses.remove(write[1])
    this.#statements.get(WRITES[name]).run(...values)
  }

  loadHistoryLog(): void {
    this.#slots.history.load()
  }

  /**
   * Reads the issuance histories of the next slots, for lists that are ordered by last use. Returns false when all
   * histories have been read.
   */
  readUses(): boolean {
    return this.#slots.uses.readSome()
  }

  /**
   * Begins to record the length of the log, so that the next start notices if the log was cut off or removed. The log
   * must be empty.
   */
  markLog(): void {
    this.#mark ??= LogMark.begin(this.path)
  }

  /** Removes the record of the log's length. The caller must call this method before SQLite may erase the log. */
  unmarkLog(): void {
    this.#mark?.close()
    this.#mark = undefined
    removeMark(this.path)
  }

  read(name: ReadName, ...values: readonly SqlValue[]): readonly Row[] {
    this.#slots.uses.beforeRead(name)
    const rows = this.#statements.get(READS[name]).all(...values) as unknown as readonly Row[]
    return this.#slots.uses.decoded(name, values, this.#slots.decoded(name, rows))
  }

  /**
   * Opens the files again and syncs them. After a failed commit, only the content of the files shows what was
   * committed.
   */
  reopen(): void {
    this.#statements.clear()
    this.unmarkLog()
    if (this.#database.isOpen) this.#database.close()
    this.#database = this.#open()
    this.#statements = new PreparedStatements(this.#database)
    this.#slots = new SlotRows(this.#database, this.#limits, this.#statements)
    this.checkpoint()
    this.markLog()
    this.loadHistoryLog()
  }

  /**
   * Copies the whole log into the database file and syncs the file. After the sync, each write before a crash is either
   * durable or gone, so the server may answer from the file.
   */
  checkpoint(): void {
    this.unmarkLog()
    const row = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number } | undefined
    if (row?.busy !== 0) throw new Error('the write-ahead log could not be checkpointed')
  }

  /**
   * Checkpoints the write-ahead log: copies its pages into the database file. Later commits overwrite the log from its
   * beginning, so the log file keeps its length. If the disk is full, the log stays unchanged. Returns the number of
   * copied pages. Throws if the disk can no longer be trusted.
   */
  checkpointLog(): number {
    try {
      return Number(this.#statements.get('PRAGMA wal_checkpoint(PASSIVE)').get()?.['checkpointed'])
    } catch (cause) {
      if (classifyFailure(cause, this.path) === 'fatal') throw explainDamage(this.path, cause)
      return 0
    }
  }

  /** The length of the log file in bytes after the last commit. */
  get logBytes(): number {
    return this.#mark?.bytes ?? statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  }

  /** Checks the file with the quick check of SQLite. Throws `StoreDamaged` if the file is damaged. */
  quickCheck(): void {
    const rows = this.#database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[]
    if (rows[0]?.quick_check !== 'ok') {
      throw new StoreDamaged(this.path, rows[0]?.quick_check ?? 'no answer')
    }
  }

  close(): void {
    this.#statements.clear()
    this.unmarkLog()
    this.#database.close()
  }

  /** Closes the file. The record of the log's length stays, so that the next start checks the log in the same way. */
  abandon(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #open(): DatabaseSync {
    // Checks the log before SQLite opens the file, because SQLite drops invalid frames silently and erases the log when
    // it closes the file.
    const log = walkLog(this.path)
    if (log.kind === 'damaged' && this.#damagedLog === 'refused') throw new LogDamaged(this.path, log)
    this.hasDroppedDamage = log.kind === 'damaged'
    this.tornTail = log.kind === 'torn' ? log : undefined
    // No server may start on the store if this command fails, because SQLite erases the damaged log even then.
    if (this.hasDroppedDamage) condemnLog(this.path)
    const database = new DatabaseSync(this.path, { enableForeignKeyConstraints: true, timeout: 0 })
    try {
      // The page size of a new file. It is small because an issuance changes only a few bytes on two pages, but SQLite
      // logs and checkpoints whole pages.
      database.exec('PRAGMA page_size = 2048')
      // The locking mode is set before the journal mode. SQLite then needs no shared-memory file, and keeps the lock
      // until the connection closes.
      database.exec('PRAGMA locking_mode = EXCLUSIVE')
      database.exec('PRAGMA journal_mode = WAL')
      database.exec('PRAGMA synchronous = FULL')
      // SQLite must overwrite deleted content, so that an erased copy of a secret does not remain in the file.
      database.exec('PRAGMA secure_delete = ON')
      database.exec('PRAGMA cache_size = -65536')
      // SQLite must not checkpoint inside COMMIT, because `Checkpoints` decides when checkpoints run.
      database.exec('PRAGMA wal_autocheckpoint = 0')
      // A transaction must not write frames to the log before its commit, because after a rollback `walkLog` could
      // mistake these frames for damage.
      database.exec('PRAGMA cache_spill = OFF')
      database.exec('BEGIN EXCLUSIVE; COMMIT')
      addSlotFunctions(database)
      // The log was checked before. From now on, SQLite erases the log when the process ends (unless the process is
      // killed), so the old record of the log's length must be removed.
      if (!this.hasDroppedDamage) removeMark(this.path)
      return database
    } catch (cause) {
      database.close()
      if (/locked|busy/i.test((cause as Error).message)) throw new StoreLocked('the store is in use', { cause })
      throw cause
    }
  }

  #schema(): number {
    return (this.#database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
  }

  #rollBack(): void {
    try {
      this.#slots.rolledBack()
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } catch {
      // The error is ignored: the caller already reports the error of the commit, and `reopen` discards the transaction.
    }
  }
}
