// Reads which schema steps a database has, and whether this version of Latchkey can work with it.
import type pg from 'pg'
import { type Migration, MIGRATIONS } from './migrations.ts'

export interface SchemaState {
  /** Applied steps, in order. */
  readonly applied: readonly AppliedMigration[]
  /** Steps of this version that the database does not have. */
  readonly pending: readonly Migration[]
}

export interface AppliedMigration {
  readonly number: number
  readonly name: string
  readonly checksum: string
  /** The oldest schema version that a program must support to use a database with this step. */
  readonly oldest: number
  /** The time in ISO 8601. */
  readonly appliedAt: string
}

/** This version cannot use the database. The message says why and what to do. */
export class SchemaUnusable extends Error {}

interface DatabaseFacts {
  readonly there: boolean
  readonly encoding: string
  /** The value of `server_version_num`: the first two of its six digits are the major version. */
  readonly version: number
}

const OLDEST_SERVER = 15

/** Returns why the database cannot hold a store, and what to do. Undefined if it can. */
export function unusableReason({ encoding, version }: Pick<DatabaseFacts, 'encoding' | 'version'>): string | undefined {
  const major = Math.floor(version / 10_000)
  if (major < OLDEST_SERVER) {
    return `This is PostgreSQL ${String(major)}, and Latchkey needs ${String(OLDEST_SERVER)} or later. Upgrade it, or name another server in the URL of the database.`
  }
  if (encoding === 'UTF8') return undefined
  return `The database is encoded in ${encoding}, which cannot hold every name. Make one in UTF8, with createdb --encoding UTF8 --template template0, and name that in the URL of the database.`
}

/** Reads the state of the schema and changes nothing. Throws `SchemaUnusable`. */
export async function readSchema(client: pg.ClientBase): Promise<SchemaState> {
  const { rows: found } = await client.query<DatabaseFacts>(
    `SELECT to_regclass('latchkey.migration') IS NOT NULL AS there, current_setting('server_encoding') AS encoding,
      current_setting('server_version_num')::int AS version`,
  )
  const [facts] = found
  const reason = facts && unusableReason(facts)
  if (reason !== undefined) throw new SchemaUnusable(reason)
  const applied = facts?.there === true ? await readApplied(client) : []
  refuseUnusable(applied)
  return { applied, pending: MIGRATIONS.filter(({ number }) => !applied.some((step) => step.number === number)) }
}

async function readApplied(client: pg.ClientBase): Promise<readonly AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `SELECT number, name, checksum, oldest, to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      AS "appliedAt" FROM latchkey.migration ORDER BY number`,
  )
  return rows
}

function refuseUnusable(applied: readonly AppliedMigration[]): void {
  const known = MIGRATIONS.length
  const tooNew = applied.find(({ oldest }) => oldest > known)
  if (tooNew !== undefined) {
    throw new SchemaUnusable(
      `The database has schema ${String(applied.at(-1)?.number ?? 0)}, which a version of Latchkey that knows schema ${String(known)} cannot work with. Start the newer version.`,
    )
  }
  for (const { number, name, checksum } of applied) {
    const own = MIGRATIONS.find((step) => step.number === number)
    if (own === undefined || own.checksum === checksum) continue
    throw new SchemaUnusable(
      `Step ${String(number)} (${name}) of the database's schema is not the one of this version: one of the two was edited after it was made. Restore the database, or use the version that made it.`,
    )
  }
}
