// The only connection to the SQLite file. It holds an exclusive lock, syncs every commit, and checkpoints before it is used.
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
  /** The rest of an unacknowledged transaction after a crash, which SQLite drops. Undefined if the log was whole. */
  tornTail: TornTail | undefined
  /** True if the log was damaged, and the transactions after the damage were dropped. */
  hasDroppedDamage = false
  #mark: LogMark | undefined
  #slots: SlotRows
  #statements: PreparedStatements

  /**
   * `dropped`: opens a damaged log up to the damage. Throws `StoreLocked`, `SchemaTooNew`, `LogDamaged`.
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

  /** Opens the file. Returns false if the file is new. */
  get hasTables(): boolean {
    return this.#schema() > 0
  }

  /** The open database, which SQLite needs for backups. */
  get database(): DatabaseSync {
    return this.#database
  }

  /**
   * Brings an older schema up to date. Each step is either done completely or not at all, even if the process crashes.
   */
  migrate(): void {
    const found = this.#schema()
    // SQLite's own function lower() changes only ASCII letters.
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
   * Reads the histories of the next slots, for lists that are ordered by last use. Returns false when all have been
   * read.
   */
  readUses(): boolean {
    return this.#slots.uses.readSome()
  }

  /** Makes the next start notice a log that was cut off or removed. Call it when the log is empty. */
  markLog(): void {
    this.#mark ??= LogMark.begin(this.path)
  }

  /** Call it before SQLite may erase the log. */
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
   * Opens the files again and syncs them, because after a failed commit only their content shows what was committed.
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
   * Moves the whole log into the database file and syncs the file. A write that was not synced before a crash is durable
   * after this, or it is gone. Only after this may the server answer from the file.
   */
  checkpoint(): void {
    this.unmarkLog()
    const row = this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { busy: number } | undefined
    if (row?.busy !== 0) throw new Error('the write-ahead log could not be checkpointed')
  }

  /**
   * Checkpoints the write-ahead log: copies its pages into the database file. Later commits then overwrite the log from
   * its start, so the log file keeps its length. If the disk is full, the log stays as it is. Returns how many pages
   * were moved. Throws if the disk can no longer be trusted.
   */
  checkpointLog(): number {
    try {
      return Number(this.#statements.get('PRAGMA wal_checkpoint(PASSIVE)').get()?.['checkpointed'])
    } catch (cause) {
      if (classifyFailure(cause, this.path) === 'fatal') throw explainDamage(this.path, cause)
      return 0
    }
  }

  /** The length of the log file after the last commit. */
  get logBytes(): number {
    return this.#mark?.bytes ?? statSync(`${this.path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  }

  /** Throws `StoreDamaged` if the file is damaged. */
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

  /** Closes the file and keeps the mark of its log, so that the next start checks the log in the same way. */
  abandon(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #open(): DatabaseSync {
    // The log is checked before SQLite opens the file, because SQLite drops frames that do not fit and erases the log
    // when it closes.
    const log = walkLog(this.path)
    if (log.kind === 'damaged' && this.#damagedLog === 'refused') throw new LogDamaged(this.path, log)
    this.hasDroppedDamage = log.kind === 'damaged'
    this.tornTail = log.kind === 'torn' ? log : undefined
    // SQLite erases the log when it closes the file, even if the command fails.
    if (this.hasDroppedDamage) condemnLog(this.path)
    const database = new DatabaseSync(this.path, { enableForeignKeyConstraints: true, timeout: 0 })
    try {
      // The page size of a new file. Pages are small, because a token changes a few bytes on two pages, but SQLite logs
      // and checkpoints whole pages.
      database.exec('PRAGMA page_size = 2048')
      // EXCLUSIVE is set before WAL. SQLite then makes no shared-memory file, and keeps the lock until the connection
      // closes.
      database.exec('PRAGMA locking_mode = EXCLUSIVE')
      database.exec('PRAGMA journal_mode = WAL')
      database.exec('PRAGMA synchronous = FULL')
      // SQLite overwrites erased content, so that no sealed copy of a secret remains after it was erased.
      database.exec('PRAGMA secure_delete = ON')
      database.exec('PRAGMA cache_size = -65536')
      // Checkpoints run after the answers, not inside COMMIT: see `Checkpoints`.
      database.exec('PRAGMA wal_autocheckpoint = 0')
      // A transaction that is rolled back later must not write frames to the log, because `walkLog` could read them as
      // damage.
      database.exec('PRAGMA cache_spill = OFF')
      database.exec('BEGIN EXCLUSIVE; COMMIT')
      addSlotFunctions(database)
      // The log was checked above. From now on SQLite erases the log when the process ends, unless it is killed.
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
      // The caller reports the error of the commit. `reopen` discards the state that is left here.
    }
  }
}
