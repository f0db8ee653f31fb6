// Which session a question is meant for: it is carried out in the one that was set up for its line, or refused there.
import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** Stands for that condition in a question that is more than one query. */
export const OWN = ':own'

/**
 * SQLSTATE: `is_session_of` refuses; a prepared statement is not there that was prepared, or is there and was not. No
 * session does that to whom it belongs.
 */
const WRONG_SESSION = new Set(['LK001', '26000', '42P05'])

/** What PgBouncer says itself, with the SQLSTATE of a breach of the protocol, once it pools no sessions any more. */
const FORGOTTEN_BY_POOLER = /^prepared statement did not exist$/

/**
 * SQLSTATE: a table, a column or a function is not there. In a session that was not set up a question is not even
 * understood.
 */
const NOT_UNDERSTOOD = new Set(['42P01', '42703', '42883'])

/** The session settings have no effect: each statement may run in another session. */
export class SharedSessions extends Error {
  constructor(options?: ErrorOptions) {
    super(
      'A pooler between this server and PostgreSQL hands sessions on between transactions, so that a commit may wait for no disk. Let it pool sessions (PgBouncer: pool_mode = session), or name PostgreSQL itself in LATCHKEY_DATABASE_URL.',
      options,
    )
  }
}

/**
 * The question with the condition that it runs in the session that `line` was set up in. A query needs no mark for
 * it.
 */
export function inOwnSession(sessionName: string, text: string): string {
  const isOwn = `latchkey.is_session_of(${pg.escapeLiteral(sessionName)})`
  return text.includes(OWN) ? text.replaceAll(OWN, isOwn) : `SELECT answer.* FROM (${text}) AS answer WHERE ${isOwn}`
}

/** Sets up a session, for `line`, in one transaction: a session that has the name has all settings. */
export const sessionSettings = (sessionName: string, settings: string): string =>
  `${settings}; ${SESSION}, set_config('latchkey.replica', ${pg.escapeLiteral(sessionName)}, false),
    pg_backend_pid() AS process, to_jsonb(pg_postmaster_start_time()) #>> '{}' AS started`

/** What a session that was set up says of itself. */
export interface SessionFacts {
  /** Of the server, for this session. */
  readonly process: number
  /** When that server was started. */
  readonly started: string
}

/** Was a question that failed so asked in another session than the one that was set up for this line? */
export async function ranInWrongSession(cause: unknown, sessionName: string, client: pg.Client | undefined): Promise<boolean> {
  const { code, message } = cause as { readonly code?: unknown; readonly message: string }
  if (typeof code !== 'string') return false
  if (WRONG_SESSION.has(code) || (code === '08P01' && FORGOTTEN_BY_POOLER.test(message))) return true
  if (client === undefined || !NOT_UNDERSTOOD.has(code)) return false
  return (await sessionNameOf(client)) !== sessionName
}

/**
 * Before anything is changed: a name that was left in one session is found by another connection, or no more by its
 * own.
 * Throws `SharedSessions`.
 */
export async function refuseSharedSessions(one: pg.Client, other: pg.Client): Promise<void> {
  const name = randomUUID()
  await one.query(`SELECT set_config('latchkey.replica', $1, false)`, [name])
  // Whether the pooler gives them out in turn or the last one first.
  const found = [await sessionNameOf(other), await sessionNameOf(other)]
  if (found.includes(name) || (await sessionNameOf(one)) !== name) throw new SharedSessions()
}

/** For whom the session that answers was set up. */
async function sessionNameOf(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ name: string | null }>(
    `SELECT current_setting('latchkey.replica', true) AS name`,
  )
  return rows[0]?.name ?? null
}

// Whatever stands in the configuration of server, database and role, now or after it was read again: the settings
// made here stay. A stronger wait than `on` is the operator's choice; a weaker one would acknowledge what a crash
// takes back.
// Moments are compared as text. A statement that waits for a lock continues to wait after its client is gone:
// without
// an end to that, each new connection would leave one more behind, until the server takes no further ones.
const SESSION = `SET search_path = latchkey; SET default_transaction_isolation = 'read committed';
  SET TimeZone = 'UTC'; SET lock_timeout = '5s';
  SELECT set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)`
