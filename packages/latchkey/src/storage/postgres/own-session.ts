// Makes sure that each statement runs in the session that has the settings of its connection.
import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** Marks the place of the session check in a text with several statements. */
export const OWN = ':own'

/**
 * The SQLSTATEs that occur only in the wrong session: `is_session_of` raised its error, a prepared statement is
 * missing, or one exists that this connection did not prepare.
 */
const WRONG_SESSION = new Set(['LK001', '26000', '42P05'])

/** PgBouncer's own message when it stops pooling by session, with the SQLSTATE of a protocol violation. */
const FORGOTTEN_BY_POOLER = /^prepared statement did not exist$/

/**
 * SQLSTATEs of a missing table, column or function. They occur in a session that does not have the search path of this
 * connection.
 */
const NOT_UNDERSTOOD = new Set(['42P01', '42703', '42883'])

/** Thrown if a pooler shares sessions, because the session settings then have no effect. */
export class SharedSessions extends Error {
  constructor(options?: ErrorOptions) {
    super(
      'A pooler between this server and PostgreSQL shares sessions, so a commit may return before it is durable. Set the pooler to pool by session (PgBouncer: pool_mode = session), or name PostgreSQL itself in LATCHKEY_DATABASE_URL.',
      options,
    )
  }
}

/** Returns the text with the condition that it runs in this session. A single query needs no `OWN` mark. */
export function inOwnSession(sessionName: string, text: string): string {
  const isOwn = `latchkey.is_session_of(${pg.escapeLiteral(sessionName)})`
  return text.includes(OWN) ? text.replaceAll(OWN, isOwn) : `SELECT answer.* FROM (${text}) AS answer WHERE ${isOwn}`
}

/** Returns SQL that names the session and applies its settings in one transaction. A named session has all settings. */
export const sessionSettings = (sessionName: string, settings: string): string =>
  `${settings}; ${SESSION}, set_config('latchkey.replica', ${pg.escapeLiteral(sessionName)}, false),
    pg_backend_pid() AS process, to_jsonb(pg_postmaster_start_time()) #>> '{}' AS started`

/** The database's report about a session after its settings were applied. */
export interface SessionFacts {
  /** The server's process id for this session. */
  readonly process: number
  /** When the database server was started. */
  readonly started: string
}

/** True if the statement failed because it ran in another session. */
export async function ranInWrongSession(
  cause: unknown,
  sessionName: string,
  client: pg.Client | undefined,
): Promise<boolean> {
  const { code, message } = cause as { readonly code?: unknown; readonly message: string }
  if (typeof code !== 'string') return false
  if (WRONG_SESSION.has(code) || (code === '08P01' && FORGOTTEN_BY_POOLER.test(message))) return true
  if (client === undefined || !NOT_UNDERSTOOD.has(code)) return false
  return (await sessionNameOf(client)) !== sessionName
}

/**
 * Throws `SharedSessions` if two connections share a session, or if a connection loses its session. Runs before any
 * change.
 */
export async function refuseSharedSessions(one: pg.Client, other: pg.Client): Promise<void> {
  const name = randomUUID()
  await one.query(`SELECT set_config('latchkey.replica', $1, false)`, [name])
  // The check runs twice, because a pooler may assign its sessions in turn.
  const found = [await sessionNameOf(other), await sessionNameOf(other)]
  if (found.includes(name) || (await sessionNameOf(one)) !== name) throw new SharedSessions()
}

/** Returns the name of the session that answers. Null if the session has no name. */
async function sessionNameOf(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ name: string | null }>(
    `SELECT current_setting('latchkey.replica', true) AS name`,
  )
  return rows[0]?.name ?? null
}

// These settings override the configuration of server, database and role, also after a reload. `synchronous_commit` may
// be stronger than `on` if the operator chose so. Anything weaker would acknowledge commits that a crash can undo. The
// time zone is fixed because moments are compared as text. The lock timeout ends a statement that was given up. Without
// this timeout each new connection would leave one more waiting statement, until the server accepts no more
// connections.
const SESSION = `SET search_path = latchkey; SET default_transaction_isolation = 'read committed';
  SET TimeZone = 'UTC'; SET lock_timeout = '5s';
  SELECT set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)`
