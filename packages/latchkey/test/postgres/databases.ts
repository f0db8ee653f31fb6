// Databases for tests. They are clones of one template, in a cluster that all tests of a process share.
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { migrate } from '../../src/storage/postgres/migrate.ts'
import { installedVersions, startCluster } from './cluster.ts'

/** The URL of a given server, instead of a cluster of the tests. The user must have the right to create databases. */
const GIVEN = process.env['LATCHKEY_TEST_DATABASE_URL']
const OLDEST_SUPPORTED = 15
const TEMPLATE = `latchkey_template_${String(process.pid)}`

/** A PostgreSQL version that suites run on. */
export interface PostgresUnderTest {
  readonly name: string
  /** The major version. Undefined for a given server, and if no version is installed. */
  readonly version: number | undefined
}

/** The oldest and the newest installed version, or the given server. */
export const POSTGRES: readonly PostgresUnderTest[] = underTest(GIVEN === undefined ? installedVersions() : [])

function underTest(versions: readonly number[]): readonly PostgresUnderTest[] {
  const supported = versions.filter((version) => version >= OLDEST_SUPPORTED)
  const [newest, oldest] = [supported[0], supported.at(-1)]
  if (newest === undefined || oldest === undefined) return [{ name: 'PostgreSQL', version: undefined }]
  return [...new Set([oldest, newest])].map((version) => ({ name: `PostgreSQL ${String(version)}`, version }))
}

type Version = PostgresUnderTest['version']

/** The version for suites that do not name a version. */
const NEWEST = POSTGRES.at(-1)?.version

const servers = new Map<Version, Promise<string>>()
const templates = new Map<Version, Promise<void>>()
let made = 0

/** Returns the URL of the PostgreSQL server of this version, which all tests of this process share. */
export const sharedServer = (version = NEWEST): Promise<string> =>
  remembered(servers, version, () =>
    GIVEN === undefined ? startCluster([], version).then(({ url }) => url) : Promise.resolve(GIVEN),
  )

function remembered<Value>(known: Map<Version, Value>, version: Version, make: () => Value): Value {
  const value = known.get(version) ?? make()
  known.set(version, value)
  return value
}

/** Returns the URL with another port: that of a proxy in front of the database. */
export const atPort = (url: string, port: number): string => Object.assign(new URL(url), { port: String(port) }).href

export interface TestDatabase {
  readonly url: string
  readonly drop: () => Promise<void>
}

/** Makes an empty database. It is dropped after the running test. */
export const anEmptyDatabase = async (version?: number): Promise<string> =>
  droppedAfterTest(await makeDatabase('template0', version))

/** Makes a database with the current schema. It is dropped after the running test. */
export const aDatabase = async (version?: number): Promise<string> => droppedAfterTest(await databaseOfSuite(version))

/** Makes a database with the current schema. The caller drops it. */
export async function databaseOfSuite(version = NEWEST): Promise<TestDatabase> {
  await remembered(templates, version, () => makeTemplate(version))
  return makeDatabase(TEMPLATE, version)
}

function droppedAfterTest({ url, drop }: TestDatabase): string {
  onTestFinished(drop)
  return url
}

async function makeTemplate(version: Version): Promise<void> {
  const url = await sharedServer(version)
  await execute(url, `CREATE DATABASE ${TEMPLATE} TEMPLATE template0`)
  await migrate(databaseAt(url, TEMPLATE))
}

async function makeDatabase(from: string, version: Version): Promise<TestDatabase> {
  const url = await sharedServer(version)
  const name = `latchkey_test_${String(process.pid)}_${String(++made)}`
  await execute(url, `CREATE DATABASE ${name} TEMPLATE ${from}`)
  return {
    url: databaseAt(url, name),
    drop: async () => void (await execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  }
}

const databaseAt = (url: string, name: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href

/** Returns the server's process id, for a stopwatch that leaves out waits for a CPU core. */
export async function serverProcess(url: string): Promise<number> {
  const [file] = await execute(url, `SELECT pg_read_file('postmaster.pid') AS text`)
  return Number.parseInt(String(file?.['text']), 10)
}

/** Runs one statement, in the schema of the store. */
export async function execute(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=latchkey,public' })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql, values.length === 0 ? undefined : [...values])).rows
  } finally {
    await client.end()
  }
}
