// Databases for tests: each a clone of one template, on a cluster that the tests of a process share.
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { migrate } from '../../src/storage/postgres/migrate.ts'
import { startCluster } from './cluster.ts'

/** Where to look instead of a cluster of our own: any database of a server on which databases may be made. */
const GIVEN = process.env['LATCHKEY_TEST_DATABASE_URL']
const TEMPLATE = `latchkey_template_${String(process.pid)}`

let server: Promise<string> | undefined
let template: Promise<void> | undefined
let made = 0

/** Of the server that the tests of this process share. */
export const sharedServer = (): Promise<string> =>
  (server ??= GIVEN === undefined ? startCluster().then(({ url }) => url) : Promise.resolve(GIVEN))

/** The same database by another port, where something stands in between. */
export const atPort = (url: string, port: number): string => Object.assign(new URL(url), { port: String(port) }).href

export interface TestDatabase {
  readonly url: string
  readonly drop: () => Promise<void>
}

/** Empty, and dropped after the running test. */
export const anEmptyDatabase = async (): Promise<string> => droppedAfterTest(await makeDatabase('template0'))

/** With the schema of today, and dropped after the running test. */
export const aDatabase = async (): Promise<string> => droppedAfterTest(await databaseOfSuite())

/** With the schema of today: the caller drops it. */
export async function databaseOfSuite(): Promise<TestDatabase> {
  await (template ??= makeTemplate())
  return makeDatabase(TEMPLATE)
}

function droppedAfterTest({ url, drop }: TestDatabase): string {
  onTestFinished(drop)
  return url
}

async function makeTemplate(): Promise<void> {
  const url = await sharedServer()
  await execute(url, `CREATE DATABASE ${TEMPLATE} TEMPLATE template0`)
  await migrate(databaseAt(url, TEMPLATE))
}

async function makeDatabase(from: string): Promise<TestDatabase> {
  const url = await sharedServer()
  const name = `latchkey_test_${String(process.pid)}_${String(++made)}`
  await execute(url, `CREATE DATABASE ${name} TEMPLATE ${from}`)
  return {
    url: databaseAt(url, name),
    drop: async () => void (await execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  }
}

const databaseAt = (url: string, name: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href

/** Runs one statement, in the schema of the store. */
export async function execute(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=latchkey,public' })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
