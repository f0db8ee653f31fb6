// The storage engines, for tests that must pass on each of them.
import { DatabaseSync } from 'node:sqlite'
import { has } from '../../../scripts/programs.mjs'
import { PREDICT } from '../src/domain/reference-catalog.ts'
import type { Slots } from '../src/ports/slots.ts'
import type { StartOptions, Store } from '../src/adapters/assemble-store.ts'
import type { Row, SqlValue } from '../src/rows/disk.ts'
import { CopiedSlots } from '../src/storage/sqlite/copied-slots.ts'
import { addSlotFunctions } from '../src/storage/sqlite/slot-functions.ts'
import { type Deadlines, DEADLINES } from '../src/storage/postgres/deadlines.ts'
import type { Failover } from '../src/storage/postgres/postgres-disk.ts'
import { reachPostgresStore, StoreMadeMeanwhile } from '../src/storage/postgres-store.ts'
import { TestClock } from './a-server.ts'
import { aStoreFile, openStore, startOptions, withTokens } from './a-store.ts'
import { aDatabase, execute, POSTGRES, type PostgresUnderTest } from './postgres/databases.ts'
import { UNHURRIED } from './postgres/unhurried.ts'

export type OpenedStore = Store & { readonly tokens: Slots; readonly clock: TestClock }

export interface EngineUnderTest {
  readonly name: string
  /** The value that this engine returns for a column that is true. */
  readonly yes: unknown
  /** Returns the location of a new store for the running test. */
  aPlace(): Promise<string>
  /** Opens the store. A new location gets its initial content. The caller closes the store before the test ends. */
  open(place: string, defaultAudience?: string): Promise<OpenedStore>
  /** Runs one SQL statement on the tables, without opening the store. */
  query(place: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Runs several SQL statements on the tables, without opening the store. */
  execute(place: string, statements: string): Promise<void>
  /** Changes columns in the table of slots: in the row of this integration for the scope `machinelearning.predict`. */
  changeSlot(place: string, clientId: string, columns: Row): Promise<void>
  /** The tables that contain rows of an integration. */
  readonly tablesOfIntegrations: readonly string[]
  /** Returns the bytes as an SQL literal of this engine. */
  bytes(of: Uint8Array): string
}

export const embedded: EngineUnderTest = {
  name: 'the embedded store',
  yes: 1,
  aPlace: () => Promise.resolve(aStoreFile()),
  open: openStore,
  query: (place, sql) => {
    const database = new DatabaseSync(place)
    addSlotFunctions(database)
    const rows = database
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }))
    database.close()
    return Promise.resolve(rows)
  },
  execute: (place, statements) => {
    const database = new DatabaseSync(place)
    database.exec(statements)
    database.close()
    return Promise.resolve()
  },
  changeSlot: (place, clientId, columns) => {
    const database = new DatabaseSync(place)
    addSlotFunctions(database)
    const slots = new CopiedSlots(database)
    const rows = [...slots.rows()]
    const before = rows.find(({ client_id: client, scope }) => client === clientId && scope === PREDICT)
    for (const statement of ['DELETE FROM slot WHERE id = ?', 'DELETE FROM history WHERE slot_id = ?']) {
      database.prepare(statement).run(before?.['id'] ?? null)
    }
    slots.write([{ ...before, ...columns }])
    database.close()
    return Promise.resolve()
  },
  tablesOfIntegrations: ['integration', 'secret', 'slot'],
  bytes: (of) => `x'${Buffer.from(of).toString('hex')}'`,
}

const postgresOf = ({ name, version }: PostgresUnderTest): EngineUnderTest => ({
  name: `the store on ${name}`,
  yes: true,
  aPlace: () => aDatabase(version),
  open: (place, defaultAudience = 'api://default') => openReplica(place, { defaultAudience }),
  query: execute,
  tablesOfIntegrations: ['integration', 'secret', 'slot'],
  execute: async (place, statements) => void (await execute(place, statements)),
  changeSlot: async (place, clientId, columns) => {
    const set = Object.entries(columns).map(([name, value]) => `${name} = ${asLiteral(value)}`)
    await execute(place, `UPDATE slot SET ${set.join(', ')} WHERE client_id = '${clientId}' AND scope = '${PREDICT}'`)
  },
  bytes: (of) => `'\\x${Buffer.from(of).toString('hex')}'::bytea`,
})

function asLiteral(value: SqlValue | undefined): string {
  if (value instanceof Uint8Array) return `'\\x${Buffer.from(value).toString('hex')}'`
  return typeof value === 'string' ? `'${value}'` : String(value ?? null)
}

interface ReplicaOptions extends Pick<StartOptions, 'onAway' | 'onBack'> {
  readonly defaultAudience?: string
  readonly failover?: Failover
  readonly deadlines?: Deadlines
}

/** Opens one more replica on this database, with long deadlines, for tests that measure no durations. */
export const openReplica = (url: string, desired: ReplicaOptions = {}): Promise<OpenedStore> =>
  open(url, { deadlines: UNHURRIED, ...desired })

/** Opens one more replica on this database, with the deadlines of a server, for tests of outages. */
export const openPromptReplica = (url: string, desired: ReplicaOptions = {}): Promise<OpenedStore> =>
  open(url, { deadlines: DEADLINES, ...desired })

async function open(url: string, desired: ReplicaOptions): Promise<OpenedStore> {
  const { defaultAudience = 'api://default', failover = 'asynchronous', deadlines, ...watch } = desired
  const clock = new TestClock(1_800_000_000)
  const reached = await reachPostgresStore(url, failover, deadlines)
  try {
    const options = { ...startOptions(clock, defaultAudience, reached.canary), ...watch }
    return withTokens(await reached.start(options), clock)
  } catch (cause) {
    await reached.abandon()
    if (!(cause instanceof StoreMadeMeanwhile)) throw cause
    return open(url, desired)
  }
}

/** The storage engines whose databases are installed on this machine. */
export const ENGINES: readonly EngineUnderTest[] = has('postgresql')
  ? [embedded, ...POSTGRES.map(postgresOf)]
  : [embedded]
