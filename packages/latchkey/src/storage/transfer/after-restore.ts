// Ends all tokens of a store that was restored by means other than `latchkey restore`, in one transaction.
import pg from 'pg'
import { migrate } from '../postgres/migrate.ts'
import { readableTypes } from '../postgres/types.ts'
import type { Row } from '../../rows/disk.ts'
import { CopyRefused } from './copy-refused.ts'
import type { StoreLocation } from './copy-store.ts'
import { ENDED_TABLES, PLAIN_COLUMNS, restoreNote, readState, stateSql, type StoreState } from './restored-state.ts'
import { openOfflineFolder } from './offline-folder.ts'

export interface Ended extends StoreState {
  /** The new generation floor. */
  readonly floor: number
}

/**
 * Brings the schema up to date and ends all tokens. Servers on a database may run at the same time, and notice the new
 * generation floor at their next request. No server may run on a data folder. `damagedLog` says whether a damaged
 * write-ahead log of a folder is refused, or used up to the damage. Throws `CopyRefused`, `LogDamaged`, and errors of
 * files and connections.
 */
export const afterRestore = (on: StoreLocation, damagedLog: 'refused' | 'dropped' = 'refused'): Promise<Ended> =>
  on.kind === 'folder' ? afterRestoreOfFolder(on.path, damagedLog) : afterRestoreOfDatabase(on.url)

const NOTHING_THERE =
  'There is no store whose tokens could be ended: no server was ever started here. Name the location of a store.'

async function afterRestoreOfFolder(path: string, damagedLog: 'refused' | 'dropped'): Promise<Ended> {
  const store = await openOfflineFolder(path, 'source', damagedLog)
  try {
    if (store.facts === undefined) throw new CopyRefused(NOTHING_THERE)
    const now = Date.now()
    const found = await store.state(Math.floor(now / 1000))
    const state = { ...found, tokens: found.tokens + store.tokensEnded }
    const note = restoreNote(now, state, store.facts.restoreNote)
    await store.raise(note.floor, JSON.stringify(note))
    return { ...state, floor: note.floor }
  } finally {
    await store.close()
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
    // Takes the lock on the configuration, so that no batch of tokens can commit at the same time.
    await client.query('SELECT pg_advisory_xact_lock(4711, 1)')
    const { rows: stores } = await client.query<{ there: boolean; put_back: string | null }>(
      'SELECT canary IS NOT NULL AS there, put_back FROM store',
    )
    if (stores[0]?.there !== true) throw new CopyRefused(NOTHING_THERE)
    const now = Date.now()
    const { rows } = await client.query<Row & Record<string, never>>(stateSql(PLAIN_COLUMNS, Math.floor(now / 1000)))
    const state = readState(rows[0])
    const note = restoreNote(now, state, stores[0].put_back)
    for (const table of ENDED_TABLES) await client.query(`DELETE FROM ${table}`)
    // The restore may also have undone changes of the configuration. So the new version of the configuration must be
    // higher than every version that a server has seen.
    await client.query(
      'UPDATE store SET floor = $1, put_back = $2, configuration = greatest(configuration + 1, $3::bigint) WHERE id = 1',
      [note.floor, JSON.stringify(note), now * 1000],
    )
    await client.query('COMMIT')
    return { ...state, floor: note.floor }
  } finally {
    // An error is ignored, because an uncommitted transaction ends with its connection.
    await client.end().catch(() => undefined)
  }
}
