// Reads and writes the embedded store of a data folder for a copy. Locks the store, and accesses its tables directly.
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from '../../make-folder.ts'
import { makeStoreFile } from '../data-folder.ts'
import type { Row, SqlValue } from '../../rows/disk.ts'
import { SqliteConnection, StoreLocked } from '../sqlite/connection.ts'
import { CopiedSlots } from '../sqlite/copied-slots.ts'
import { explainDamage } from '../sqlite/log-damaged.ts'
import { addSlotFunctions } from '../sqlite/slot-functions.ts'
import { CopyRefused } from './copy-refused.ts'
import { CODED_COLUMNS, ENDED_TABLES, restoreNote, readState, stateSql, type StoreState } from './restored-state.ts'
import { type OfflineStore, type StoreFacts, type Table, TABLES, type WriteRows } from './tables.ts'

const PAGE = 500

/**
 * The role of the folder in the copy. `replaced`: the target, which may already contain a store that the copy replaces.
 */
type Role = 'source' | 'target' | 'replaced'

/**
 * Opens the store of a folder. Creates a missing target. If `damagedLog` is `dropped`, uses a damaged write-ahead log
 * up to the damage and ends every token. Throws `CopyRefused`, `SchemaTooNew`, `FolderNotMade` and `LogDamaged`.
 */
export function openOfflineFolder(path: string, as: Role, damagedLog: 'refused' | 'dropped'): Promise<OfflineFolder> {
  const storeFile = join(path, 'latchkey.db')
  if (as !== 'source') {
    makeFolder(path)
    makeStoreFile({ storeFile })
  } else if (!existsSync(storeFile))
    throw new CopyRefused(
      `${storeFile} is missing: there is no embedded store in ${path}. Name a data folder that contains a store.`,
    )
  // This connection locks the file and brings its schema up to date. The next connection takes over the lock. A log
  // next to an empty database file does not belong to this store, so the log may be dropped.
  const isNew = as !== 'source' && statSync(storeFile).size === 0
  const connection = locked(storeFile, path, isNew ? 'dropped' : damagedLog)
  const tokensEnded = broughtUpToDate(connection, isNew)
  const database = new DatabaseSync(storeFile, { timeout: 0 })
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('BEGIN EXCLUSIVE; COMMIT')
  addSlotFunctions(database)
  return Promise.resolve(new OfflineFolder(database, { as, tokensEnded }))
}

/**
 * Brings the schema up to date, checkpoints the store, and closes the connection. Returns the number of live tokens
 * that ended.
 */
function broughtUpToDate(connection: SqliteConnection, isNew: boolean): number {
  try {
    connection.migrate()
    // Ends the tokens before SQLite may erase the damaged log. So no start can accept a token from before the damage
    // again.
    const tokensEnded = connection.hasDroppedDamage && !isNew ? endTokensBefore(connection.database) : 0
    connection.checkpoint()
    connection.close()
    return tokensEnded
  } catch (cause) {
    connection.abandon()
    throw explainDamage(connection.path, cause)
  }
}

/** Ends all tokens. Returns the number of tokens that were live. */
function endTokensBefore(database: DatabaseSync): number {
  const now = Date.now()
  const state = readState(database.prepare(stateSql(CODED_COLUMNS, Math.floor(now / 1000))).get() as Row | undefined)
  const before = database.prepare('SELECT put_back FROM store').get()?.['put_back']
  const note = restoreNote(now, state, typeof before === 'string' ? before : null)
  endTokens(database, note.floor, JSON.stringify(note))
  return state.tokens
}

function endTokens(database: DatabaseSync, floor: number, note: string): void {
  inOneTransaction(database, () => {
    for (const table of ENDED_TABLES) database.exec(`DELETE FROM ${table}`)
    database.prepare('UPDATE store SET floor = ?, put_back = ? WHERE id = 1').run(floor, note)
  })
}

function inOneTransaction(database: DatabaseSync, act: () => void): void {
  database.exec('BEGIN IMMEDIATE')
  try {
    act()
    database.exec('COMMIT')
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw cause
  }
}

function locked(storeFile: string, path: string, damagedLog: 'refused' | 'dropped'): SqliteConnection {
  try {
    return new SqliteConnection(storeFile, damagedLog)
  } catch (cause) {
    if (!(cause instanceof StoreLocked)) throw explainDamage(storeFile, cause)
    throw new CopyRefused(`The data folder ${path} is in use by a server. Stop the server, and try again.`)
  }
}

export class OfflineFolder implements OfflineStore {
  readonly facts: StoreFacts | undefined
  readonly #database: DatabaseSync
  readonly #slots: CopiedSlots
  readonly #as: Role
  /** The number of live tokens that ended because a damaged log was used only up to the damage. */
  readonly tokensEnded: number

  constructor(database: DatabaseSync, { as, tokensEnded }: { readonly as: Role; readonly tokensEnded: number }) {
    this.#database = database
    this.#slots = new CopiedSlots(database)
    this.#as = as
    this.tokensEnded = tokensEnded
    const row = database.prepare('SELECT canary, floor, floor_recorded, put_back, introduced FROM store').get() ?? {}
    const { canary, floor, floor_recorded: recorded, put_back: note, introduced } = row
    this.facts =
      canary instanceof Uint8Array
        ? {
            canary,
            floor: Number(floor),
            floorRecorded: Number(recorded),
            restoreNote: typeof note === 'string' ? note : null,
            introduced: Number(introduced),
          }
        : undefined
  }

  state(now: number): Promise<StoreState> {
    return Promise.resolve(readState(this.#database.prepare(stateSql(CODED_COLUMNS, now)).get() as Row | undefined))
  }

  /**
   * Ends every token, session and set-up link of the copied store. Otherwise those that ended after the backup would be
   * valid again.
   */
  raise(floor: number, note: string): Promise<void> {
    endTokens(this.#database, floor, note)
    this.#checkpoint()
    return Promise.resolve()
  }

  count({ name }: Table): Promise<number> {
    return Promise.resolve(Number(this.#database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n']))
  }

  async *rows(table: Table): AsyncGenerator<readonly Row[]> {
    let page: Row[] = []
    for (const row of this.#each(table)) {
      page.push(row)
      if (page.length < PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }

  #each({ name, columns }: Table): Iterable<Row> {
    if (name === 'slot') return this.#slots.rows()
    const query = `SELECT ${columns.join(', ')} FROM ${name} ORDER BY rowid`
    const rows = this.#database.prepare(query).iterate() as Iterable<Row>
    return name === 'integration' || name === 'secret' ? this.#withLastUses(name, rows) : rows
  }

  *#withLastUses(name: 'integration' | 'secret', rows: Iterable<Row>): Generator<Row> {
    for (const row of rows)
      yield name === 'secret' ? this.#slots.uses.ofSecret(row) : this.#slots.uses.ofIntegration(row)
  }

  async fill(facts: StoreFacts, put: (write: WriteRows) => Promise<void>): Promise<void> {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      if (this.#as === 'replaced') this.#clear()
      await put((table, rows) => {
        this.#write(table, rows)
        return Promise.resolve()
      })
      this.#database
        .prepare(
          'UPDATE store SET canary = ?, floor = ?, floor_recorded = ?, put_back = ?, introduced = ? WHERE id = 1',
        )
        .run(facts.canary, facts.floor, facts.floorRecorded, facts.restoreNote, facts.introduced)
      this.#database.exec('COMMIT')
      this.#checkpoint()
    } catch (cause) {
      this.#rollBack()
      throw explainDamage(this.#database.location() ?? '', cause)
    }
  }

  close(): Promise<void> {
    this.#database.close()
    return Promise.resolve()
  }

  #clear(): void {
    for (const { name } of TABLES.toReversed()) {
      if (name === 'slot') this.#slots.clear()
      else this.#database.exec(`DELETE FROM ${name}`)
    }
  }

  #checkpoint(): void {
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  #rollBack(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
  }

  #write({ name, columns }: Table, rows: readonly Row[]): void {
    if (name === 'slot') {
      this.#slots.write(rows)
      return
    }
    const places = columns.map(() => '?').join(', ')
    const insert = this.#database.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places})`)
    for (const row of rows) insert.run(...columns.map((column) => row[column] as SqlValue))
  }
}
