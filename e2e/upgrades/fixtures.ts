// Fixtures of past releases. Each test gets its own copy of a store, as a folder or as a database.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { aFolder } from '../../packages/latchkey/test/a-folder.ts'
import { anEmptyDatabase, execute } from '../../packages/latchkey/test/postgres/databases.ts'
import type { Answers, TestTokens } from './fixture-files.ts'

const FOLDER = join(import.meta.dirname, 'fixtures')

/** The releases that have fixtures, the oldest first. */
export const RELEASES: readonly string[] = readdirSync(FOLDER).sort()

/** How the data folder was left: by a clean stop, or by a kill with commits that are only in the write-ahead log. */
export type FolderState = 'stopped' | 'killed'

const STORE_FILES = { stopped: ['latchkey.db'], killed: ['latchkey.db', 'latchkey.db-wal'] } as const

/** A store of a past release, with what is known about it. */
export interface OldStore {
  /** The settings with which a current server opens the store. */
  readonly env: Readonly<Record<string, string>>
  readonly known: TestTokens
  readonly answers: Answers
}

/** A copy of a data folder, removed after the running test. */
export function aDataFolder(release: string, state: FolderState): OldStore & { readonly dataDir: string } {
  const known = testTokens(release, 'embedded')
  const dataDir = aFolder({ 'master.key': `${known.masterKey}\n`, 'admin.key': `${known.adminKey}\n` })
  for (const file of STORE_FILES[state]) {
    writeFileSync(join(dataDir, file), unpacked(release, 'embedded', state, file), { mode: 0o600 })
  }
  const env = { ...known.settings, LATCHKEY_DATA_DIR: dataDir }
  return { env, known, answers: answersOf(release, 'embedded', state), dataDir }
}

/** A database with the dump in it, dropped after the running test. */
export async function aRestoredDatabase(
  release: string,
  version?: number,
): Promise<OldStore & { readonly url: string }> {
  const known = testTokens(release, 'postgresql')
  const url = await anEmptyDatabase(version)
  await execute(url, unpacked(release, 'postgresql', 'dump', 'latchkey.sql').toString())
  // The store records the cluster that holds it. The dumped cluster no longer exists, so the record is changed to the
  // current cluster.
  await execute(url, 'UPDATE latchkey.store SET place = latchkey.place()')
  const env = {
    ...known.settings,
    LATCHKEY_DATA_DIR: aFolder({ 'admin.key': `${known.adminKey}\n` }),
    LATCHKEY_DATABASE_URL: url,
    LATCHKEY_MASTER_KEY: known.masterKey,
  }
  return { env, known, answers: answersOf(release, 'postgresql', 'dump'), url }
}

/** A backup, with the settings for a server on `dataDir`, where the test restores the backup. */
export function aBackup(release: string): OldStore & { readonly file: string; readonly dataDir: string } {
  const known = testTokens(release, 'embedded')
  const file = join(aFolder(), 'latchkey.backup')
  writeFileSync(file, unpacked(release, 'embedded', 'backup', 'latchkey.backup'))
  const dataDir = aFolder({ 'master.key': `${known.masterKey}\n`, 'admin.key': `${known.adminKey}\n` })
  const env = { ...known.settings, LATCHKEY_DATA_DIR: dataDir }
  return { env, known, answers: answersOf(release, 'embedded', 'backup'), file, dataDir }
}

const testTokens = (release: string, engine: string): TestTokens =>
  JSON.parse(readFileSync(join(FOLDER, release, engine, 'test-tokens.json'), 'utf8')) as TestTokens

const answersOf = (...names: readonly [string, string, string]): Answers =>
  JSON.parse(unpacked(...names, 'answers.json').toString()) as Answers

const unpacked = (...names: readonly string[]): Buffer =>
  brotliDecompressSync(readFileSync(`${join(FOLDER, ...names)}.br`))
