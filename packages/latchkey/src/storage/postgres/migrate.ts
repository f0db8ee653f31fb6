// Brings the schema of a database up to date, with each step in a transaction. Several servers may do this at the same
// time.
import pg from 'pg'
import { refuseLookAlikes } from './look-alikes.ts'
import type { Migration } from './migrations.ts'
import { refuseSharedSessions } from './own-session.ts'
import { readSchema, type SchemaState, SchemaUnusable } from './schema-state.ts'
import { readableTypes } from './types.ts'

const CONNECT_MS = 10_000
const TURN_SECONDS = 60
/** The SQLSTATE of a lock timeout. */
const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Returns the applied and the missing steps without changing anything. Throws `SchemaUnusable` and errors of the
 * connection.
 */
export const schemaStatus = (url: string): Promise<SchemaState> => withClient(url, readSchema)

/**
 * Applies the missing steps and returns them. If several programs call it at the same time, one program applies the
 * steps and the others wait for it. After a crash, each step is either complete or not begun. Throws `SchemaUnusable`,
 * `LookAlike` and `SharedSessions`.
 */
export const migrate = (url: string): Promise<readonly Migration[]> =>
  withClient(url, async (client) => {
    await withClient(url, async (other) => {
      await refuseSharedSessions(client, other)
      await refuseLookAlikes(client, other)
    })
    // The usual case: no step is missing, so the lock is not needed.
    if ((await readSchema(client)).pending.length === 0) return []
    await takeTurn(client)
    const { pending } = await readSchema(client)
    if (pending.length > 0) await client.query(FOUNDATION)
    for (const step of pending) await client.query(inOneTransaction(client, step))
    return pending
  })

/**
 * Throws `LookAlike` if this URL leads to a server that only looks like PostgreSQL. Also throws errors of the connection.
 */
export const refuseLookAlikesAt = (url: string): Promise<void> =>
  withClient(url, (one) => withClient(url, (other) => refuseLookAlikes(one, other)))

/** Takes an advisory lock. The lock belongs to the connection, so it ends when the program ends. */
async function takeTurn(client: pg.Client): Promise<void> {
  await client.query(`SET lock_timeout = '${String(TURN_SECONDS)}s'`)
  await client.query('SELECT pg_advisory_lock(4711, 0)').catch((cause: unknown) => {
    if ((cause as { readonly code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw cause
    throw new SchemaUnusable(
      `Another program has been changing the schema for ${String(TURN_SECONDS)} seconds. End that program, or its connection (application_name 'latchkey migrate' in pg_stat_activity), and try again.`,
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

/** Runs `act` with a connection of its own, and closes the connection. Throws the errors of the connection. */
export async function withClient<Value>(url: string, act: (client: pg.Client) => Promise<Value>): Promise<Value> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'latchkey migrate',
    connectionTimeoutMillis: CONNECT_MS,
    types: readableTypes,
  })
  // A broken connection emits an error event, which would end the process without this listener. The statement itself
  // reports the failure.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await act(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}
