// Reads from PostgreSQL what decides whether acknowledged commits survive a fail-over. Changes nothing.
import type pg from 'pg'
import { refuseLookAlikes } from './look-alikes.ts'
import { withClient } from './migrate.ts'
import { refuseSharedSessions } from './own-session.ts'
import { readSchema, type SchemaState } from './schema-state.ts'

export interface DatabaseReport {
  /** The version, for instance `17.6`. */
  readonly version: string
  /** True for a standby, which takes no writes. */
  readonly isStandby: boolean
  /** The timeline on which the primary writes. It rises with each fail-over. Null for a standby. */
  readonly timeline: number | null
  readonly fsync: boolean
  /** The setting `synchronous_commit` of a new session, before a server of Latchkey sets it. */
  readonly synchronousCommit: string
  /** The setting `synchronous_standby_names`. */
  readonly standbyNames: string
  /** The standbys that are connected. Null if the user may not read them, and for a standby. */
  readonly standbys: readonly Standby[] | null
  readonly schema: SchemaState
}

export interface Standby {
  /** Its `application_name`, the name by which `synchronous_standby_names` knows the standby. */
  readonly name: string
  /** `streaming` when the standby has caught up with the primary. */
  readonly state: string
  /** `sync`, `quorum`, `potential` or `async`. */
  readonly syncState: string
  /** The bytes of the log that the standby has not yet on its disk. */
  readonly missingBytes: number
}

/**
 * Throws `LookAlike`, `SharedSessions`, `SchemaUnusable` and errors of the connection. Each message says what to do.
 */
export const readDatabaseReport = (url: string): Promise<DatabaseReport> =>
  withClient(url, async (client) => {
    await withClient(url, async (other) => {
      await refuseSharedSessions(client, other)
      await refuseLookAlikes(client, other)
    })
    const { mayReadStandbys, ...facts } = await firstRow<Facts>(client, FACTS)
    const standbys = mayReadStandbys ? (await client.query<Standby>(STANDBYS)).rows : null
    return { ...facts, standbys, schema: await readSchema(client) }
  })

interface Facts extends Omit<DatabaseReport, 'standbys' | 'schema'> {
  readonly mayReadStandbys: boolean
}

async function firstRow<Row extends pg.QueryResultRow>(client: pg.Client, sql: string): Promise<Row> {
  const [row] = (await client.query<Row>(sql)).rows
  if (row === undefined) throw new Error('PostgreSQL answered without a row.')
  return row
}

const FACTS = `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS "isStandby",
  CASE WHEN NOT pg_is_in_recovery()
    THEN ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END AS timeline,
  current_setting('fsync') = 'on' AS fsync, current_setting('synchronous_commit') AS "synchronousCommit",
  current_setting('synchronous_standby_names') AS "standbyNames",
  NOT pg_is_in_recovery() AND pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS "mayReadStandbys"`

// A standby that has just connected has no position yet.
const STANDBYS = `SELECT application_name AS name, coalesce(state, 'unknown') AS state,
  coalesce(sync_state, 'unknown') AS "syncState", coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn), 0)::float8
    AS "missingBytes"
  FROM pg_stat_replication ORDER BY application_name, pid`
