// The store's tables on PostgreSQL: a connection for each kind of question, so that none waits for one that may take
// longer.
import { StoreUnavailable } from '../../ports/store.ts'
import { type Disk, DiskFailure, type Read, type Row, type Write } from '../../rows/disk.ts'
import { decodeHistory, historyRows } from '../../rows/issuance-history.ts'
import type { BatchChanges, ChangedSlot } from '../../commit/staged-batch.ts'
import type { CommitVerdict, FreshRead, Heartbeat, KnownVersion, Probe, ProbeResult } from './answers.ts'
import { slotArrays, wantedSlots } from './slot-columns.ts'
import { AnswerTimeout, ConnectFailure, DatabaseConnection, type Question } from './database-connection.ts'
import { OWN, SharedSessions } from './own-session.ts'
import { failureOf } from './postgres-failure.ts'
import { READS } from './statements.ts'
import { statementsOf } from './statements-of.ts'
import { type Deadlines, DEADLINES } from './deadlines.ts'

/** What an acknowledged token is worth after the store moved to another server. */
export type Failover = 'asynchronous' | 'synchronous'

/** Once a statement came to another session, so many milliseconds must pass in which none does. */
const WRONG_SESSION_MS = 3000
const LEAVE_MS = 500
/** More for each statement of a change that an operator makes: a declared set-up may be of thousands. */
const STATEMENT_MS = 1

export class PostgresDisk implements Disk {
  readonly replica: string
  readonly deadlines: Deadlines
  /** Known once the server listens. */
  issuer: string | null = null
  readonly #commits: DatabaseConnection
  readonly #checks: DatabaseConnection
  readonly #pages: DatabaseConnection
  readonly #memory: DatabaseConnection
  readonly #heartbeats: DatabaseConnection
  readonly #failover: Failover
  /** Resolves when the server takes writes again; set by the store, which knows when that is. */
  awaitReturn: () => Promise<void> = () => Promise.resolve()

  /** `replica` names this process among those that write to the store. */
  constructor(url: string, failover: Failover, replica: string, deadlines = DEADLINES) {
    this.replica = replica
    this.deadlines = deadlines
    this.#commits = new DatabaseConnection(url, replica, 'commits')
    this.#checks = new DatabaseConnection(url, replica, 'checks')
    this.#pages = new DatabaseConnection(url, replica, 'pages', `SET statement_timeout = ${String(deadlines.read)}`)
    this.#memory = new DatabaseConnection(url, replica, 'memory')
    this.#heartbeats = new DatabaseConnection(url, replica, 'lease')
    this.#failover = failover
  }

  /**
   * Connections to any server but the one that started then are made again; all connections, if that server is not
   * given.
   */
  leaveOldPrimary(started = ''): void {
    for (const connection of [this.#commits, this.#checks, this.#pages, this.#memory]) connection.dropUnlessAt(started)
  }

  /** As it stands beside what this process changes now. */
  get author(): string {
    return this.#commits.author
  }

  /** Writes that decide nothing: last uses, the proof of a write. */
  async commit(writes: readonly Write[]): Promise<void> {
    const within = this.deadlines.commit + writes.length * STATEMENT_MS
    const { verdict } = await this.#commitFunction(
      'commit_observations',
      [this.#failover, statementsOf(writes)],
      within,
    )
    if (verdict !== 'done') throw wrongPrimary()
  }

  async commitSlots(
    { configuration, floor }: KnownVersion,
    slots: readonly ChangedSlot[],
    writes: readonly Write[],
  ): Promise<CommitVerdict> {
    const clientIds = [...new Set(slots.map(({ clientId }) => clientId))]
    const values = [configuration, floor, this.#failover, clientIds, ...slotArrays(slots, writes)]
    return this.#commitFunction('commit_slot_batch', values, this.deadlines.commit)
  }

  async commitConfiguration(assumed: number, changes: BatchChanges, writes: readonly Write[]): Promise<CommitVerdict> {
    const { slots, clientIds, removed, parts } = changes
    const wanted = wantedSlots(slots, writes)
    const values = [assumed, this.#failover, wanted, statementsOf(writes), clientIds, removed, parts]
    return this.#commitFunction(
      'commit_configuration_change',
      values,
      this.deadlines.commit + writes.length * STATEMENT_MS,
    )
  }

  /** The slots of these clients, and everything that an answer about them rests on that is newer than `assumed`. */
  async freshRead(clientIds: readonly string[], assumed: number): Promise<FreshRead> {
    this.#refuseAfterWrongSession()
    const values = [assumed, this.#failover, clientIds]
    const question = { name: 'fresh_read', text: 'SELECT fresh_read($1, $2, $3) AS seen', values }
    const [row] = await this.#checks.ask<{ seen: FreshRead }>(question, this.deadlines.read)
    if (row === undefined) throw new Error('the store has lost its one row')
    return row.seen
  }

  /** Which of these tokens were put in their slots, as far as the slots still know. */
  async probe(probes: readonly Probe[]): Promise<ProbeResult> {
    const question = { name: 'probe', text: PROBE, values: [probes.map(({ slotId }) => slotId)] }
    const [row] = await this.#checks.ask<Omit<ProbeResult, 'confirmed'> & { histories: string[] }>(question, this.deadlines.read)
    if (row === undefined) throw new Error('a question without an answer')
    const { histories, ...server } = row
    const confirmed = histories.flatMap((hex) => decodeHistory(Buffer.from(hex, 'hex')).map(({ jti }) => jti))
    return { ...server, confirmed }
  }

  async heartbeat(): Promise<Heartbeat> {
    const values = [this.replica, this.#failover, this.#heartbeats.givenUp, this.issuer]
    const question = { name: 'heartbeat', text: 'SELECT heartbeat($1, $2, $3, $4) AS heartbeat', values }
    const [row] = await this.#heartbeats.ask<{ heartbeat: Heartbeat | null }>(question, this.deadlines.heartbeat)
    if (!row?.heartbeat) throw new Error('an earlier write still waits for the standby')
    this.#heartbeats.forgetGivenUp()
    // That this one came to the right session was luck.
    this.#refuseAfterWrongSession()
    return row.heartbeat
  }

  async moveStore(known: string, microseconds: number): Promise<void> {
    const text = 'SELECT record_place($1, $2, $3)'
    await this.#heartbeats.ask({ text, values: [known, this.#failover, microseconds] }, this.deadlines.read)
  }

  async read(...[name, ...values]: Read): Promise<readonly Row[]> {
    const connection = OF_OPERATORS.test(name) ? this.#pages : this.#memory
    const rows = await this.#read(connection, { name, text: READS[name], values })
    return name === 'ring' ? rows.flatMap(({ history }) => historyRows(history)) : rows
  }

  /** A read that only this engine has. */
  ask(name: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#read(this.#memory, { name, text, values })
  }

  /** The same, planned again each time: a cached plan may be for an empty table. */
  askUnprepared(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#read(this.#memory, { text, values })
  }

  /**
   * Until its release no replica commits a change of the configuration, so reading it in pieces gives one version. If
   * the replica stops while holding it, the database releases it. Tokens wait only behind a waiting change.
   */
  holdConfiguration(): Promise<() => Promise<void>> {
    return this.#hold(this.#memory, hold(this.deadlines.hold), LET_GO)
  }

  /**
   * The same until the next commits are done: with the lock of another connection they would wait behind the changes.
   */
  holdForCommits(): Promise<() => Promise<void>> {
    return this.#hold(this.#commits, holdForCommits(this.deadlines.hold), LET_GO_OF_COMMITS)
  }

  async #hold(connection: DatabaseConnection, begin: string, end: string): Promise<() => Promise<void>> {
    const say = async (text: string): Promise<void> => {
      try {
        await connection.ask({ text }, this.deadlines.read)
      } catch (cause) {
        connection.drop()
        throw cannotSay(cause)
      }
    }
    await say(begin)
    return () => say(end).catch(() => undefined)
  }

  async #read(connection: DatabaseConnection, question: Question): Promise<readonly Row[]> {
    const asked = () => connection.ask<Row & Record<string, never>>(question, this.deadlines.read)
    try {
      // The session may have ended since: the next session may be asked the same.
      return await asked().catch((cause: unknown) => {
        if (cause instanceof AnswerTimeout || cause instanceof ConnectFailure || cause instanceof SharedSessions) throw cause
        return asked()
      })
    } catch (cause) {
      throw new StoreUnavailable('the database cannot be read right now', { cause })
    }
  }

  recover(): Promise<void> {
    this.#commits.drop()
    return this.awaitReturn()
  }

  async close(): Promise<void> {
    // The others need not take it for one that runs. If this cannot be said now, they find out by themselves.
    const leaving = { text: LEAVE, values: [this.replica] }
    if (this.issuer !== null) await this.#heartbeats.ask(leaving, LEAVE_MS).catch(() => undefined)
    await Promise.all(this.#connections().map((connection) => connection.close()))
  }

  abandon(): Promise<void> {
    for (const connection of this.#connections()) connection.drop()
    return this.close()
  }

  #connections(): readonly DatabaseConnection[] {
    return [this.#commits, this.#checks, this.#memory, this.#pages, this.#heartbeats]
  }

  #refuseAfterWrongSession(): void {
    for (const connection of this.#connections()) {
      const wrongSession = connection.wrongSessionWithin(WRONG_SESSION_MS)
      if (wrongSession !== undefined) throw wrongSession
    }
  }

  async #commitFunction(name: string, values: readonly unknown[], within: number): Promise<CommitVerdict> {
    const places = values.map((_, index) => `$${String(index + 1)}`).join(', ')
    const rows = await this.#commit({ name, text: `SELECT ${name}(${places}) AS outcome`, values }, within)
    return (rows[0] as unknown as { readonly outcome: CommitVerdict }).outcome
  }

  async #commit(question: Question, within: number): Promise<readonly Row[]> {
    try {
      this.#refuseAfterWrongSession()
      return await this.#commits.ask<Row & Record<string, never>>(question, within)
    } catch (cause) {
      throw failureOf(cause)
    }
  }
}

/** What is read when an operator looks, and may take its time. */
const OF_OPERATORS =
  /^(?:audit_(?:page|count|from|before)|integrations_(?:by|matching)|count_|live_slots|ring|secret_records|sealed)/

const hold = (
  milliseconds: number,
) => `SELECT ${OWN}; BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${String(milliseconds)};
  SELECT pg_advisory_xact_lock_shared(4711, 1)`

const LEAVE = `UPDATE replica SET issuer = NULL WHERE id = $1 AND ${OWN}`

const LET_GO = `SELECT ${OWN}; COMMIT`

const holdForCommits = (milliseconds: number) =>
  `SELECT ${OWN}; SET idle_session_timeout = ${String(milliseconds)}; SELECT pg_advisory_lock_shared(4711, 1)`
const LET_GO_OF_COMMITS = `SELECT ${OWN}; SELECT pg_advisory_unlock_shared(4711, 1); SET idle_session_timeout = 0`

export const wrongPrimary = (): DiskFailure =>
  new DiskFailure('not_done', 'the store has moved to another server, and that is being recorded')

/** Which server says it, and since when it runs. */
export const ANSWERED_BY = `place() AS place, to_jsonb(pg_postmaster_start_time()) #>> '{}' AS started`

const PROBE = `SELECT ${ANSWERED_BY},
  (SELECT coalesce(jsonb_agg(encode(history, 'hex')), '[]') FROM slot WHERE id = ANY ($1::bigint[])) AS histories`

/** The fault of a question that cannot be answered now, as the ports say it. */
export const cannotSay = (cause?: unknown): StoreUnavailable =>
  cause instanceof StoreUnavailable
    ? cause
    : new StoreUnavailable('the database does not say what is true right now', { cause })
