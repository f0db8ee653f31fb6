// Reads which steps of the schema a database has, and checks whether this version of Latchkey can use the database.
import type pg from 'pg'
import { type Migration, MIGRATIONS } from './migrations.ts'

export interface SchemaState {
  /** The applied steps, in order. */
  readonly applied: readonly AppliedMigration[]
  /** The steps of this version of Latchkey that the database does not have yet. */
  readonly pending: readonly Migration[]
}

export interface AppliedMigration {
  readonly number: number
  readonly name: string
  readonly checksum: string
  /** The oldest schema version that a program must know to use a database with this step. */
  readonly oldest: number
  /** The time at which the step was applied, in ISO 8601. */
  readonly appliedAt: string
}

/** Thrown if this version of Latchkey cannot use the database. The message says why and what to do. */
export class SchemaUnusable extends Error {}

interface DatabaseFacts {
  readonly there: boolean
  readonly encoding: string
  /** The value of `server_version_num`. The first two of its six digits are the major version. */
  readonly version: number
}

const OLDEST_SERVER = 15

/** Returns why the database cannot contain a store, and what to do. Undefined if the database is suitable. */
export function unusableReason({ encoding, version }: Pick<DatabaseFacts, 'encoding' | 'version'>): string | undefined {
  const major = Math.floor(version / 10_000)
  if (major < OLDEST_SERVER) {
    return `This is PostgreSQL ${String(major)}, and Latchkey needs ${String(OLDEST_SERVER)} or later. Upgrade the server, or name a different server in the URL of the database.`
  }
  if (encoding === 'UTF8') return undefined
  return `The database is encoded in ${encoding}, which cannot represent every name. Make a database in UTF8, with createdb --encoding UTF8 --template template0, and name it in the URL of the database.`
}

/** Reads the state of the schema without changing it. Throws `SchemaUnusable`. */
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
      `Step ${String(number)} (${name}) of the database's schema differs from the same step in this version of Latchkey: one of the two was changed after its release. Restore the database from a backup, or start the version of Latchkey that made the schema.`,
    )
  }
}
