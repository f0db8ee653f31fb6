// The embedded store of a data folder, for copying: locked, and read and written past the store.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeStoreFile } from '../data-folder.ts'
import type { Row, SqlValue } from '../disk.ts'
import { SqliteConnection, StoreLocked } from '../sqlite/connection.ts'
import { CopyRefused } from './copy-refused.ts'
import type { StillStore, StoreFacts, Table } from './tables.ts'

const PAGE = 500

/** A target is made where it is missing. Throws `CopyRefused`, `SchemaTooNew`. */
export function openStillFolder(path: string, as: 'source' | 'target'): Promise<StillStore> {
  const storeFile = join(path, 'latchkey.db')
  if (as === 'target') {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    makeStoreFile({ storeFile })
  } else if (!existsSync(storeFile))
    throw new CopyRefused(`${storeFile} is missing: there is no embedded store in ${path}.`)
  // It locks the file and brings its schema up to date; then the lock is taken over.
  const connection = locked(storeFile, path)
  connection.migrate()
  connection.checkpoint()
  connection.close()
  const database = new DatabaseSync(storeFile, { timeout: 0 })
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec('BEGIN EXCLUSIVE; COMMIT')
  return Promise.resolve(new StillFolder(database))
}

function locked(storeFile: string, path: string): SqliteConnection {
  try {
    return new SqliteConnection(storeFile)
  } catch (cause) {
    if (!(cause instanceof StoreLocked)) throw cause
    throw new CopyRefused(`The data folder ${path} is in use by a server. Stop it, and ask again.`)
  }
}

class StillFolder implements StillStore {
  readonly facts: StoreFacts | undefined
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    const row = database.prepare('SELECT canary, floor, introduced FROM store WHERE id = 1').get()
    const canary = row?.['canary']
    this.facts =
      canary instanceof Uint8Array
        ? { canary, floor: Number(row?.['floor']), introduced: Number(row?.['introduced']) }
        : undefined
  }

  count({ name }: Table): Promise<number> {
    return Promise.resolve(Number(this.#database.prepare(`SELECT count(*) AS n FROM ${name}`).get()?.['n']))
  }

  async *rows({ name, columns }: Table): AsyncGenerator<readonly Row[]> {
    const order = name === 'ring' ? 'slot_id, n' : 'rowid'
    const rows = this.#database.prepare(`SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${order}`).iterate()
    let page: Row[] = []
    for (const row of rows) {
      page.push(row as Row)
      if (page.length < PAGE) continue
      yield page
      page = []
    }
    if (page.length > 0) yield page
  }

  async fill(facts: StoreFacts, put: Parameters<StillStore['fill']>[1]): Promise<void> {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      await put((table, rows) => {
        this.#write(table, rows)
        return Promise.resolve()
      })
      this.#database
        .prepare('UPDATE store SET canary = ?, floor = ?, introduced = ? WHERE id = 1')
        .run(facts.canary, facts.floor, facts.introduced)
      this.#database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw cause
    }
  }

  close(): Promise<void> {
    this.#database.close()
    return Promise.resolve()
  }

  #write({ name, columns }: Table, rows: readonly Row[]): void {
    const places = columns.map(() => '?').join(', ')
    const insert = this.#database.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${places})`)
    for (const row of rows) insert.run(...columns.map((column) => row[column] as SqlValue))
  }
}
