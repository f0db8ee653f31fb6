// Refuses database servers that only look like PostgreSQL. Some of them answer every request for an advisory lock with
// success and lock nothing, so two servers could issue a token for the same client and scope at the same time.
import { randomInt } from 'node:crypto'
import type pg from 'pg'
import { SchemaUnusable } from './schema-state.ts'

/** Thrown if the database server only looks like PostgreSQL. The message names the product or the fault. */
export class LookAlike extends SchemaUnusable {}

/** Part of the answer to `SELECT version()`, and the name of the product that gives this answer. */
const PRODUCTS: readonly (readonly [version: RegExp, name: string])[] = [
  [/CockroachDB/i, 'CockroachDB'],
  [/-YB-|Yugabyte/i, 'YugabyteDB'],
  [/Greenplum|WarehousePG/i, 'Greenplum'],
  [/Aurora DSQL/i, 'Aurora DSQL'],
]

/** Aurora DSQL gives the `version()` of PostgreSQL, so the name of its host identifies it. */
const DSQL_HOST = /\.dsql(?:-[a-z0-9]+)*\.[a-z0-9-]+\.on\.aws$/i

/** The SQLSTATEs of a function that does not exist or is not supported. */
const MISSING = new Set(['42883', '0A000'])

/** What a connection says about the server that it leads to. */
export interface ServerFacts {
  readonly host: string
  /** The answer to `SELECT version()`. */
  readonly version: string
}

/** Returns the name of a product that only looks like PostgreSQL. Undefined if the server does not say that it is one. */
export function lookAlikeOf({ host, version }: ServerFacts): string | undefined {
  if (DSQL_HOST.test(host)) return 'Aurora DSQL'
  return PRODUCTS.find(([pattern]) => pattern.test(version))?.[1]
}

/**
 * Throws `LookAlike` if the server is a product that only looks like PostgreSQL, or if its advisory locks do not
 * lock: `one` takes a lock, and the same lock must be refused to `other` until `one` has released it. Uses locks of a
 * transaction and of a session, because Latchkey uses both. Also throws errors of the connection. The caller must make
 * this check before it changes the database.
 */
export async function refuseLookAlikes(one: pg.Client, other: pg.Client): Promise<void> {
  const [row] = (await one.query<{ version: string }>('SELECT version() AS version')).rows
  const name = lookAlikeOf({ host: one.host, version: row?.version ?? '' })
  if (name !== undefined) throw new LookAlike(sentence(`This is ${name}, which only looks like PostgreSQL.`))
  // No other program uses this number, so a refused lock cannot be the lock of a server that starts at the same time.
  const key = String(randomInt(2 ** 47))
  let isLocking: boolean
  try {
    isLocking = (await locksInTransaction([one, other], key)) && (await locksInSession([one, other], key))
  } catch (cause) {
    if (!MISSING.has((cause as { readonly code?: string }).code ?? '')) throw cause
    throw new LookAlike(sentence('This database server refuses advisory locks.'), { cause })
  }
  if (!isLocking) {
    throw new LookAlike(sentence('This database server gives one advisory lock to two sessions at the same time.'))
  }
}

const sentence = (found: string): string =>
  `${found} Latchkey needs the advisory locks of PostgreSQL, because without them two servers could issue a token for the same client and scope at the same time. Name a PostgreSQL server in LATCHKEY_DATABASE_URL.`

type Pair = readonly [one: pg.Client, other: pg.Client]

async function locksInTransaction([one, other]: Pair, key: string): Promise<boolean> {
  await one.query('BEGIN')
  await one.query(`SELECT pg_advisory_xact_lock(${key})`)
  const isRefused = !(await isGranted(other, `pg_try_advisory_xact_lock_shared(${key})`))
  await one.query('COMMIT')
  return isRefused && (await isGranted(other, `pg_try_advisory_xact_lock(${key})`))
}

async function locksInSession([one, other]: Pair, key: string): Promise<boolean> {
  await one.query(`SELECT pg_advisory_lock_shared(${key})`)
  const isRefused = !(await isGranted(other, `pg_try_advisory_lock(${key})`))
  await one.query(`SELECT pg_advisory_unlock_shared(${key})`)
  return isRefused && (await isGranted(other, `pg_try_advisory_xact_lock(${key})`))
}

async function isGranted(client: pg.Client, call: string): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean }>(`SELECT ${call} AS granted`)
  return rows[0]?.granted === true
}
