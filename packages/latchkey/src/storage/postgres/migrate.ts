// Brings a database's schema up to date: one step after the other, each whole or not at all, also while other servers
// do the same.
import pg from 'pg'
import type { Migration } from './migrations.ts'
import { refuseSharedSessions } from './own-session.ts'
import { readSchema, type SchemaState, SchemaUnusable } from './schema-state.ts'
import { readableTypes } from './types.ts'

const CONNECT_MS = 10_000
const TURN_SECONDS = 60
/** SQLSTATE. */
const LOCK_NOT_AVAILABLE = '55P03'

/** What is there and what is missing. Changes nothing. Throws `SchemaUnusable`, and errors of the connection. */
export const schemaStatus = (url: string): Promise<SchemaState> => withClient(url, readSchema)

/**
 * Applies what is missing and returns it. Of several programs that do this at once one works and the others wait, then
 * find nothing to do. A program that dies leaves every step done or not done. Throws `SchemaUnusable`, and
 * `SharedSessions`.
 */
export const migrate = (url: string): Promise<readonly Migration[]> =>
  withClient(url, async (client) => {
    await withClient(url, (other) => refuseSharedSessions(client, other))
    // Most starts find no step to take, and then do not wait.
    if ((await readSchema(client)).pending.length === 0) return []
    await takeTurn(client)
    const { pending } = await readSchema(client)
    if (pending.length > 0) await client.query(FOUNDATION)
    for (const step of pending) await client.query(inOneTransaction(client, step))
    return pending
  })

/** Held by the connection: it ends with the program that holds it, unless that one hangs. */
async function takeTurn(client: pg.Client): Promise<void> {
  await client.query(`SET lock_timeout = '${String(TURN_SECONDS)}s'`)
  await client.query('SELECT pg_advisory_lock(4711, 0)').catch((cause: unknown) => {
    if ((cause as { readonly code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw cause
    throw new SchemaUnusable(
      `Another program has been changing the schema for ${String(TURN_SECONDS)} seconds. End it, or its connection (application_name 'latchkey migrate' in pg_stat_activity), and ask again.`,
      { cause },
    )
  })
}

const FOUNDATION = `BEGIN;
CREATE SCHEMA IF NOT EXISTS latchkey;
CREATE TABLE IF NOT EXISTS latchkey.migration (
  number bigint PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  oldest bigint NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMIT`

const inOneTransaction = (client: pg.Client, { number, name, sql, checksum, oldest }: Migration): string =>
  `BEGIN; SET LOCAL search_path = latchkey; ${sql};
  INSERT INTO migration (number, name, checksum, oldest) VALUES (${String(number)}, ${client.escapeLiteral(name)},
    ${client.escapeLiteral(checksum)}, ${String(oldest)});
  COMMIT`

async function withClient<Value>(url: string, act: (client: pg.Client) => Promise<Value>): Promise<Value> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'latchkey migrate',
    connectionTimeoutMillis: CONNECT_MS,
    types: readableTypes,
  })
  // A connection that breaks is told by the question that was asked on it.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await act(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
