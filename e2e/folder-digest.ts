// Digests of the content of a data folder, byte by byte and row by row, so that a test can show that nothing changed.
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { aTemporaryFolder } from './real-server.ts'

/** The SHA-256 of each file by its name. */
export function folderDigest(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder).sort()
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    ]),
  )
}

/**
 * Every row of every table, read from a copy. SQLite may keep a page in the database file or in its log, so the bytes
 * of the files can differ although the rows are equal.
 */
export function storeContents(folder: string): Readonly<Record<string, readonly unknown[]>> {
  const copy = aTemporaryFolder()
  for (const name of ['latchkey.db', 'latchkey.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
  }
  const database = new DatabaseSync(join(copy, 'latchkey.db'))
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all() as {
    name: string
  }[]
  const contents = tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()] as const)
  database.close()
  return Object.fromEntries(contents)
}
