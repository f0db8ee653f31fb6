// Reads and writes a store in a PostgreSQL database for a copy. Refuses if servers run on the database. Reads all
// tables from the same snapshot.
import pg from 'pg'
import type { Row } from '../../rows/disk.ts'
import { latestTime } from '../../rows/issuance-history.ts'
import { migrate } from '../postgres/migrate.ts'
import { readableTypes } from '../postgres/types.ts'
import { CopyRefused } from './copy-refused.ts'
import { PLAIN_COLUMNS, readState, stateSql, type StoreState } from './restored-state.ts'
import type { OfflineStore, StoreFacts, Table, WriteRows } from './tables.ts'

const PAGE = 500
/**
 * A server counts as running if its last heartbeat is not older than this interval. A running server commits a
 * heartbeat twice a second.
 */
const QUIET = '5 seconds'
/**
 * Begins the transaction. The commit is synchronous, so that a reported copy survives a crash, whatever the settings of
 * the database and the role are.
 */
const BEGIN =
  'BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL search_path = latchkey; SET LOCAL synchronous_commit = on'

/** Opens the store and brings its schema up to date. Throws `CopyRefused` and errors of the connection. */
export async function openOfflineDatabase(url: string): Promise<OfflineStore> {
  await migrate(url)
  const client = new pg.Client({ connectionString: url, application_name: 'latchkey copy', types: readableTypes })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows: running } = await client.query(
      `SELECT 1 FROM latchkey.replica WHERE beat > now() - interval '${QUIET}'`,
    )
    if (running.length > 0)
      throw new CopyRefused(
        `Servers are running on the database, or were running ${QUIET} ago. Stop them, and copy again.`,
      )
    await client.query(BEGIN)
    const { rows } = await client.query<Omit<StoreFacts, 'canary'> & { canary: Uint8Array | null }>(
      'SELECT canary, floor, floor_recorded AS "floorRecorded", put_back AS "restoreNote", introduced FROM store WHERE id = 1',
    )
    const [row] = rows
    const canary = row?.canary ?? undefined
    return new OfflineDatabase(client, row && canary && { ...row, canary })
  } catch (cause) {
    await client.end()
    throw cause
  }
}

class OfflineDatabase implements OfflineStore {
  readonly facts: StoreFacts | undefined
  readonly #client: pg.Client

  constructor(client: pg.Client, facts: StoreFacts | undefined) {
    this.#client = client
    this.facts = facts
  }

  async state(now: number): Promise<StoreState> {
    const { rows } = await this.#client.query<Row & Record<string, never>>(stateSql(PLAIN_COLUMNS, now))
    return readState(rows[0])
  }

  async count({ name }: Table): Promise<number> {
    const { rows } = await this.#client.query<{ n: number }>(`SELECT count(*) AS n FROM ${name}`)
    return rows[0]?.n ?? 0
  }

  async *rows({ name, columns }: Table): AsyncGenerator<readonly Row[]> {
    const query = `SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${order(name)}`
    await this.#client.query(`DECLARE page NO SCROLL CURSOR FOR ${query}`)
    for (;;) {
      const { rows } = await this.#client.query<Row & Record<string, never>>(`FETCH ${String(PAGE)} FROM page`)
      if (rows.length === 0) break
      yield rows
    }
    await this.#client.query('CLOSE page')
  }

  async fill(facts: StoreFacts, put: (write: WriteRows) => Promise<void>): Promise<void> {
    await put((table, rows) => this.#write(table, rows))
    // The canary (a sealed value that identifies the master key) marks the store as complete, so a starting server uses
    // the copied store instead of filling a new store.
    await this.#client.query(
      `UPDATE store SET canary = $1, floor = $2, floor_recorded = $3, put_back = $4, introduced = $5,
        configuration = configuration + 1 WHERE id = 1`,
      [facts.canary, facts.floor, facts.floorRecorded, facts.restoreNote, facts.introduced],
    )
    await this.#client.query('COMMIT')
    await this.#client.query(BEGIN)
  }

  async close(): Promise<void> {
    await this.#client.query('ROLLBACK').catch(() => undefined)
    await this.#client.end()
  }

  async #write({ name, columns }: Table, rows: readonly Row[]): Promise<void> {
    // Only PostgreSQL has the column `last_issued_at`, so the copy computes its value from the history.
    const written = name === 'slot' ? [...columns, 'last_issued_at'] : columns
    const valueOf = (row: Row, column: string): unknown =>
      column === 'last_issued_at' ? latestTime(row['history'] ?? null) : row[column]
    let place = 0
    const values = rows.map(() => `(${written.map(() => `$${String(++place)}`).join(', ')})`).join(', ')
    await this.#client.query(
      `INSERT INTO ${name} (${written.join(', ')}) VALUES ${values}`,
      rows.flatMap((row) => written.map((column) => valueOf(row, column))),
    )
  }
}

/**
 * Returns the columns by which a read orders the rows of a table. If the order of creation matters for a table, these
 * columns give this order.
 */
function order(name: string): string {
  switch (name) {
    case 'integration':
      return 'seq'
    case 'slot':
      return 'id'
    case 'audit':
      return 'seq'
    case 'audit_chain':
      return 'id'
    case 'scope':
      return 'name'
    case 'signing_key':
      return 'created_at, signs_from, kid'
    case 'activity_minute':
      return 'place'
    default:
      return 'ord'
  }
}
