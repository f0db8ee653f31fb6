// For a store that was put back past Latchkey: ends every token from before, in one transaction.
import pg from 'pg'
import { migrate } from '../postgres/migrate.ts'
import { readableTypes } from '../postgres/types.ts'
import type { Row } from '../../rows/disk.ts'
import { CopyRefused } from './copy-refused.ts'
import type { CopyPlace } from './copy-store.ts'
import { ENDED_TABLES, PLAIN_COLUMNS, putBackNote, readState, stateSql, type StoreState } from './put-back.ts'
import { openStillFolder } from './still-folder.ts'

export interface Ended extends StoreState {
  /** The new one. */
  readonly floor: number
}

/**
 * Servers may run on a database at that time, and notice at their next request; not on a folder. Brings the schema up
 * to
 * date. `damagedLog` is about the write-ahead log of a folder. Throws `CopyRefused`, `LogDamaged`, and errors of files
 * and connections.
 */
export const afterRestore = (on: CopyPlace, damagedLog: 'refused' | 'dropped' = 'refused'): Promise<Ended> =>
  on.kind === 'folder' ? afterRestoreOfFolder(on.path, damagedLog) : afterRestoreOfDatabase(on.url)

const NOTHING_THERE =
  'There is no store whose tokens could be ended: none has ever been started here. Name a place that holds one.'

async function afterRestoreOfFolder(path: string, damagedLog: 'refused' | 'dropped'): Promise<Ended> {
  const still = await openStillFolder(path, 'source', damagedLog)
  try {
    if (still.facts === undefined) throw new CopyRefused(NOTHING_THERE)
    const now = Date.now()
    const found = await still.state(Math.floor(now / 1000))
    const state = { ...found, tokens: found.tokens + still.tokensEnded }
    const note = putBackNote(now, state, still.facts.putBack)
    await still.raise(note.floor, JSON.stringify(note))
    return { ...state, floor: note.floor }
  } finally {
    await still.close()
  }
}

async function afterRestoreOfDatabase(url: string): Promise<Ended> {
  await migrate(url)
  const client = new pg.Client({
    connectionString: url,
    application_name: 'latchkey after-restore',
    types: readableTypes,
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('BEGIN; SET LOCAL search_path = latchkey; SET LOCAL synchronous_commit = on')
    // As for every change of the configuration, no batch of tokens is in flight during it.
    await client.query('SELECT pg_advisory_xact_lock(4711, 1)')
    const { rows: stores } = await client.query<{ there: boolean; put_back: string | null }>(
      'SELECT canary IS NOT NULL AS there, put_back FROM store',
    )
    if (stores[0]?.there !== true) throw new CopyRefused(NOTHING_THERE)
    const now = Date.now()
    const { rows } = await client.query<Row & Record<string, never>>(stateSql(PLAIN_COLUMNS, Math.floor(now / 1000)))
    const state = readState(rows[0])
    const note = putBackNote(now, state, stores[0].put_back)
    for (const table of ENDED_TABLES) await client.query(`DELETE FROM ${table}`)
    // Changes of the configuration are lost as well: its next version is above all that anybody can have seen.
    await client.query(
      'UPDATE store SET floor = $1, put_back = $2, configuration = greatest(configuration + 1, $3::bigint) WHERE id = 1',
      [note.floor, JSON.stringify(note), now * 1000],
    )
    await client.query('COMMIT')
    return { ...state, floor: note.floor }
  } finally {
    // A transaction that was not committed ends with its connection.
    await client.end().catch(() => undefined)
  }
}
