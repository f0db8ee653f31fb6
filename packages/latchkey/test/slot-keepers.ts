// Writes and reads the rows of live tokens and their issuance histories on each storage engine, without the store above
// it, for tests against a model.
import { has } from '../../../scripts/programs.mjs'
import type { Slot } from '../src/domain/slot.ts'
import type { Row, Write } from '../src/rows/disk.ts'
import { slotInsert, slotUpdate, tokensUpdate } from '../src/rows/rows.ts'
import { PostgresDisk } from '../src/storage/postgres/postgres-disk.ts'
import { SqliteConnection } from '../src/storage/sqlite/connection.ts'
import { CopiedSlots } from '../src/storage/sqlite/copied-slots.ts'
import { aStoreFile } from './a-store.ts'
import { databaseOfSuite, execute, POSTGRES, type PostgresUnderTest } from './postgres/databases.ts'
import { UNHURRIED } from './postgres/unhurried.ts'

/** Each integration has one scope and so one row (slot). The ID of the row is part of the client ID. */
export interface SlotKeeper {
  /** Inserts slots without tokens. */
  make(slots: readonly Slot[]): Promise<void>
  /**
   * Commits an issuance that changes the slot from `before` to `after`. `entry` is the write that adds the issuance to
   * the history.
   */
  issue(before: Slot, after: Slot, entry: Write): Promise<void>
  revoke(before: Slot, after: Slot): Promise<void>
  /** Removes the slot, and inserts a slot without a token. */
  makeAgain(slot: Slot): Promise<void>
  /** Commits a change with a statement that the engine refuses. Resolves with the reason. */
  refused(before: Slot, after: Slot, bad: Write): Promise<string>
  reopen(): Promise<void>
  /** Returns the issuances, the newest first. */
  history(slot: Slot): Promise<readonly Row[]>
  /** Returns the history in its stored form. */
  historyBytes(slot: Slot): Promise<string>
  row(slot: Slot): Promise<Row | undefined>
  close(): Promise<void>
}

export const clientOf = ({ id }: Slot): string => `lk${String(id)}`

/** Copies the changes into the histories after every five issuances, so that a test runs this several times. */
const aConnection = (file: string): SqliteConnection => new SqliteConnection(file, 'refused', { foldAfter: 5 })

class EmbeddedKeeper implements SlotKeeper {
  readonly #file = aStoreFile()
  #connection = aConnection(this.#file)

  constructor() {
    this.#connection.migrate()
  }

  make = (slots: readonly Slot[]) => this.#commit(...slots.map((slot) => slotInsert(clientOf(slot), slot, null)))
  issue = (_: Slot, after: Slot, entry: Write) => this.#commit(tokensUpdate(after, null), entry)
  revoke = (_: Slot, after: Slot) => this.#commit(slotUpdate(after, null))
  makeAgain = (slot: Slot) => this.#commit(...madeAgain(slot))
  refused = (_: Slot, after: Slot, bad: Write) =>
    this.#commit(tokensUpdate(after, null), bad).then(() => 'done', reasonOf)

  reopen(): Promise<void> {
    this.#connection.close()
    this.#connection = aConnection(this.#file)
    return Promise.resolve()
  }

  history = ({ id }: Slot) => Promise.resolve(this.#connection.read('history', id))
  row = (slot: Slot) => Promise.resolve(this.#connection.read('slots_of', clientOf(slot))[0])
  historyBytes = ({ id }: Slot) => {
    const row = [...new CopiedSlots(this.#connection.database).rows()].find((other) => other['id'] === id)
    return Promise.resolve(Buffer.from(row?.['history'] as Uint8Array).toString('hex'))
  }

  close(): Promise<void> {
    this.#connection.close()
    return Promise.resolve()
  }

  async #commit(...writes: readonly Write[]): Promise<void> {
    await Promise.resolve()
    this.#connection.commit(writes)
  }
}

class PostgresKeeper implements SlotKeeper {
  readonly #url: string
  readonly #drop: () => Promise<void>
  #disk: PostgresDisk
  #configuration = 0

  constructor({ url, drop }: { readonly url: string; readonly drop: () => Promise<void> }) {
    this.#url = url
    this.#drop = drop
    this.#disk = this.#opened()
  }

  make = (slots: readonly Slot[]) => this.#configure(slots.map((slot) => slotInsert(clientOf(slot), slot, null)))
  issue = (before: Slot, after: Slot, entry: Write) => this.#commit(before, after, tokensUpdate(after, null), entry)
  revoke = (before: Slot, after: Slot) => this.#commit(before, after, slotUpdate(after, null))
  makeAgain = (slot: Slot) => this.#configure(madeAgain(slot))

  async refused(before: Slot, after: Slot, bad: Write): Promise<string> {
    const changed = { clientId: clientOf(before), slot: after, expected: before.generation }
    const changes = { isConfiguration: true, slots: [changed], windows: [], clientIds: [], removed: [], parts: [] }
    const writes = [tokensUpdate(after, null), bad]
    return this.#disk.commitConfiguration(this.#configuration, changes, writes).then(() => 'done', reasonOf)
  }

  async reopen(): Promise<void> {
    await this.#disk.close()
    this.#disk = this.#opened()
  }

  history = ({ id }: Slot) => this.#disk.read('history', id)
  row = async (slot: Slot) => (await this.#disk.read('slots_of', clientOf(slot)))[0]
  historyBytes = async ({ id }: Slot) =>
    String(
      (await execute(this.#url, `SELECT encode(history, 'hex') AS hex FROM slot WHERE id = ${String(id)}`))[0]?.['hex'],
    )

  async close(): Promise<void> {
    await this.#disk.close()
    await this.#drop()
  }

  #opened(): PostgresDisk {
    return new PostgresDisk({ url: this.#url, failover: 'asynchronous', replica: 'keeper', deadlines: UNHURRIED })
  }

  async #commit(before: Slot, after: Slot, ...writes: readonly Write[]): Promise<void> {
    const changed = { clientId: clientOf(before), slot: after, expected: before.generation }
    const outcome = await this.#disk.commitSlots({ configuration: this.#configuration, floor: 0 }, [changed], writes)
    if (outcome.verdict !== 'done' || outcome.lost?.length !== 0) throw new Error(JSON.stringify(outcome))
  }

  async #configure(writes: readonly Write[]): Promise<void> {
    const changes = { isConfiguration: true, slots: [], windows: [], clientIds: [], removed: [], parts: [] }
    const outcome = await this.#disk.commitConfiguration(this.#configuration, changes, writes)
    if (outcome.verdict !== 'done') throw new Error(JSON.stringify(outcome))
    this.#configuration = outcome.configuration ?? 0
  }
}

const madeAgain = (slot: Slot): readonly Write[] => [
  ['delete_histories', clientOf(slot)],
  ['delete_slots', clientOf(slot)],
  slotInsert(clientOf(slot), slot, null),
]

const reasonOf = (cause: unknown): string => (cause as Error).message

async function aPostgresKeeper(version: number | undefined): Promise<SlotKeeper> {
  const database = await databaseOfSuite(version)
  await execute(database.url, 'UPDATE store SET place = place()')
  return new PostgresKeeper(database)
}

interface KeeperUnderTest {
  readonly name: string
  readonly open: () => Promise<SlotKeeper>
  /**
   * How often to run a model. The number is small for PostgreSQL, where each commit waits for a disk and another
   * process.
   */
  readonly runs: number
}

const onPostgres = ({ name, version }: PostgresUnderTest): KeeperUnderTest => ({
  name,
  open: () => aPostgresKeeper(version),
  runs: 6,
})

/** The storage engines that are installed on this machine. */
export const SLOT_KEEPERS: readonly KeeperUnderTest[] = [
  { name: 'the embedded store', open: () => Promise.resolve(new EmbeddedKeeper()), runs: 25 },
  ...(has('postgresql') ? POSTGRES.map(onPostgres) : []),
]
