// Makes sure that each statement runs in the database session with the settings of its connection, because a connection
// pooler may move statements to other sessions.
import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** The marker that stands for the session check in a text with several statements. */
export const OWN = ':own'

/**
 * The SQLSTATEs that occur only in the wrong session: `is_session_of` has raised an error, a prepared statement is
 * missing, or a prepared statement already exists although this connection did not prepare it.
 */
const WRONG_SESSION = new Set(['LK001', '26000', '42P05'])

/**
 * The message of PgBouncer to clients after an operator has switched it from session pooling to another mode. Only the
 * text identifies this error, because its SQLSTATE is the general one for protocol violations.
 */
const FORGOTTEN_BY_POOLER = /^prepared statement did not exist$/

/**
 * The SQLSTATEs of a missing table, column or function. They occur in a session without the search path of this
 * connection.
 */
const NOT_UNDERSTOOD = new Set(['42P01', '42703', '42883'])

/**
 * Thrown if a connection pooler shares sessions between connections, because the session settings then have no effect.
 */
export class SharedSessions extends Error {
  constructor(options?: ErrorOptions) {
    super(
      'A pooler between this server and PostgreSQL shares sessions, so a commit may return before it is durable. Set the pooler to pool by session (PgBouncer: pool_mode = session), or name PostgreSQL itself in LATCHKEY_DATABASE_URL.',
      options,
    )
  }
}

/** Returns the SQL text with the condition that the text runs in this session. A single query needs no `OWN` marker. */
export function inOwnSession(sessionName: string, text: string): string {
  const isOwn = `latchkey.is_session_of(${pg.escapeLiteral(sessionName)})`
  return text.includes(OWN) ? text.replaceAll(OWN, isOwn) : `SELECT answer.* FROM (${text}) AS answer WHERE ${isOwn}`
}

/**
 * Returns the SQL that applies the session settings and gives the session its name. The SQL is one transaction, so a
 * session with this name has all settings.
 */
export const sessionSettings = (sessionName: string, settings: string): string =>
  `${settings}; ${SESSION}, set_config('latchkey.replica', ${pg.escapeLiteral(sessionName)}, false),
    pg_backend_pid() AS process, to_jsonb(pg_postmaster_start_time()) #>> '{}' AS started`

/** What the database reports about a session after its settings were applied. */
export interface SessionFacts {
  /** The id of the database server process that serves this session. */
  readonly process: number
  /** The start time of the database server. */
  readonly started: string
}

/** Resolves to true if the statement failed because it ran in a session of another connection. */
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
 * Checks whether a pooler shares sessions. Throws `SharedSessions` if two connections share a session, or if a
 * connection loses its session. The caller must make this check before it changes the database.
 */
export async function refuseSharedSessions(one: pg.Client, other: pg.Client): Promise<void> {
  const name = randomUUID()
  await one.query(`SELECT set_config('latchkey.replica', $1, false)`, [name])
  // Checks twice, because a pooler may assign its sessions in turn.
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

// These settings override the configuration of server, database and role, even after a reload of the configuration. The
// operator may choose a value of `synchronous_commit` that is stronger than `on`. With a weaker value, PostgreSQL would
// acknowledge commits that a crash can undo. The time zone is fixed because times are compared as texts. The lock
// timeout ends statements for which no replica waits any more. Without this timeout, each new connection could leave
// another waiting statement behind, until the database server accepts no more connections.
const SESSION = `SET search_path = latchkey; SET default_transaction_isolation = 'read committed';
  SET TimeZone = 'UTC'; SET lock_timeout = '5s';
  SELECT set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)`
