// How far a database's schema is, and whether this version of Latchkey can work with it.
import type pg from 'pg'
import { type Migration, MIGRATIONS } from './migrations.ts'

export interface SchemaState {
  /** Applied steps, in their order. */
  readonly applied: readonly AppliedMigration[]
  /** Steps that this version knows and the database does not have. */
  readonly pending: readonly Migration[]
}

export interface AppliedMigration {
  readonly number: number
  readonly name: string
  readonly checksum: string
  /** The oldest schema that a program may be made for and still work with a database that has this step. */
  readonly oldest: number
  /** ISO 8601. */
  readonly appliedAt: string
}

/** The database cannot be used by this version; the message says why and what to do. */
export class SchemaUnusable extends Error {}

/** Changes nothing. Throws `SchemaUnusable`. */
export async function readSchema(client: pg.ClientBase): Promise<SchemaState> {
  const { rows: found } = await client.query<{ there: boolean; encoding: string }>(
    `SELECT to_regclass('latchkey.migration') IS NOT NULL AS there, current_setting('server_encoding') AS encoding`,
  )
  const [{ there, encoding } = { there: false, encoding: '' }] = found
  if (encoding !== 'UTF8') {
    throw new SchemaUnusable(
      `the database is encoded in ${encoding}, which cannot hold every name: make one in UTF8, with createdb --encoding UTF8 --template template0, and name that in LATCHKEY_DATABASE_URL`,
    )
  }
  const applied = there ? await readApplied(client) : []
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
      `the database has schema ${String(applied.at(-1)?.number ?? 0)}, which a version of Latchkey that knows schema ${String(known)} cannot work with; start the newer version`,
    )
  }
  for (const { number, name, checksum } of applied) {
    const own = MIGRATIONS.find((step) => step.number === number)
    if (own === undefined || own.checksum === checksum) continue
    throw new SchemaUnusable(
      `step ${String(number)} (${name}) of the database's schema is not the one of this version: one of the two was edited after it was made; restore the database or use the version that made it`,
    )
  }
}
