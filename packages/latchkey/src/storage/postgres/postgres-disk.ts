// Runs the commands of the store on PostgreSQL. Each kind of statement has its own connection, so that slow statements
// do not delay other kinds.
import { StoreUnavailable } from '../../ports/store.ts'
import { type Disk, DiskFailure, type Read, type Row, type Write } from '../../rows/disk.ts'
import { decodeHistory, historyRows } from '../../rows/issuance-history.ts'
import type { BatchChanges, ChangedSlot } from '../../commit/staged-batch.ts'
import type { CommitVerdict, FreshRead, Heartbeat, KnownVersion, Probe, ProbeResult } from './answers.ts'
import { slotArrays, wantedSlots, windowArrays } from './slot-columns.ts'
import { AnswerTimeout, ConnectFailure, DatabaseConnection, type Question } from './database-connection.ts'
import { refuseLookAlikesAt } from './migrate.ts'
import { OWN, SharedSessions } from './own-session.ts'
import { withLastUses } from './last-uses.ts'
import { READS, statementsOf } from './statements.ts'
import { type Deadlines, DEADLINES } from './deadlines.ts'

/**
 * `synchronous`: a standby has every acknowledged token before a fail-over. `asynchronous`: the last tokens may be
 * lost.
 */
export type Failover = 'asynchronous' | 'synchronous'

/** For this number of milliseconds after a statement ran in the wrong session, the replica does not use the store. */
const WRONG_SESSION_MS = 3000
const LEAVE_MS = 500
/**
 * The milliseconds by which each statement of a change extends the time limit. A manifest may need thousands of
 * statements.
 */
const STATEMENT_MS = 1

export interface PostgresDiskOptions {
  readonly url: string
  readonly failover: Failover
  /** The name of this replica in the list of replicas in the database. */
  readonly replica: string
  readonly deadlines?: Deadlines
}

export class PostgresDisk implements Disk {
  readonly replica: string
  readonly deadlines: Deadlines
  /** The issuer of this replica. Null until the server listens. */
  issuer: string | null = null
  readonly #commits: DatabaseConnection
  readonly #checks: DatabaseConnection
  readonly #pages: DatabaseConnection
  readonly #memory: DatabaseConnection
  readonly #heartbeats: DatabaseConnection
  readonly #failover: Failover
  readonly #url: string
  /** Resolves when the database accepts writes again. The store sets this function. */
  awaitReturn: () => Promise<void> = () => Promise.resolve()

  constructor({ url, failover, replica, deadlines = DEADLINES }: PostgresDiskOptions) {
    this.replica = replica
    this.deadlines = deadlines
    this.#url = url
    this.#commits = new DatabaseConnection({ url, replica, name: 'commits' })
    this.#checks = new DatabaseConnection({ url, replica, name: 'checks' })
    this.#pages = new DatabaseConnection({
      url,
      replica,
      name: 'pages',
      settings: `SET statement_timeout = ${String(deadlines.read)}`,
    })
    this.#memory = new DatabaseConnection({ url, replica, name: 'memory' })
    this.#heartbeats = new DatabaseConnection({ url, replica, name: 'lease' })
    this.#failover = failover
  }

  /**
   * Drops all connections, except those to the database server with the start time `started`. The next statement of a
   * dropped connection makes a new connection.
   */
  leaveOldPrimary(started = ''): void {
    for (const connection of [this.#commits, this.#checks, this.#pages, this.#memory]) connection.dropUnlessAt(started)
  }

  /** The name that the change log records with the commits of this replica. */
  get author(): string {
    return this.#commits.author
  }

  /**
   * Commits writes that affect no decision: last uses, and the test write that checks whether the database accepts
   * writes.
   */
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

  /**
   * Commits slots and replay windows (records of used assertions). The database writes a slot only if it also writes
   * the window of the assertion in the request.
   */
  async commitSlotsAndWindows(
    { configuration, floor }: KnownVersion,
    { slots, windows }: Pick<BatchChanges, 'slots' | 'windows'>,
    writes: readonly Write[],
  ): Promise<CommitVerdict> {
    const clientIds = [...new Set([...slots, ...windows].map(({ clientId }) => clientId))]
    const values = [
      ...[configuration, floor, this.#failover, clientIds],
      ...slotArrays(slots, writes),
      ...windowArrays(windows),
    ]
    return this.#commitFunction('commit_assertion_batch', values, this.deadlines.commit)
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

  /**
   * Reads the slots of these clients. Also reports whether these clients are affected by a change that is newer than
   * the version `assumed`.
   */
  async freshRead(clientIds: readonly string[], assumed: number): Promise<FreshRead> {
    this.#refuseAfterWrongSession()
    const values = [assumed, this.#failover, clientIds]
    const question = { name: 'fresh_read', text: 'SELECT fresh_read($1, $2, $3) AS seen', values }
    const [row] = await this.#checks.ask<{ seen: FreshRead }>(question, this.deadlines.read)
    if (row === undefined) throw new Error('fresh_read returned no row')
    return row.seen
  }

  /** Returns the tokens among these that are in the issuance histories of their slots. */
  async probe(probes: readonly Probe[]): Promise<ProbeResult> {
    const question = { name: 'probe', text: PROBE, values: [probes.map(({ slotId }) => slotId)] }
    const [row] = await this.#checks.ask<Omit<ProbeResult, 'confirmed'> & { histories: string[] }>(
      question,
      this.deadlines.read,
    )
    if (row === undefined) throw new Error('the probe returned no row')
    const { histories, ...server } = row
    const confirmed = histories.flatMap((hex) => decodeHistory(Buffer.from(hex, 'hex')).map(({ jti }) => jti))
    return { ...server, confirmed }
  }

  /** Commits a heartbeat. Throws while an earlier heartbeat still waits for the standby. */
  async heartbeat(): Promise<Heartbeat> {
    const values = [this.replica, this.#failover, this.#heartbeats.timedOutProcesses, this.issuer]
    const question = { name: 'heartbeat', text: 'SELECT heartbeat($1, $2, $3, $4) AS heartbeat', values }
    const [row] = await this.#heartbeats.ask<{ heartbeat: Heartbeat | null }>(question, this.deadlines.heartbeat)
    if (!row?.heartbeat) throw new Error('an earlier heartbeat still waits for the standby')
    this.#heartbeats.forgetTimedOut()
    // If a pooler shares sessions between connections, the statement may have run in the right session only by chance.
    this.#refuseAfterWrongSession()
    return row.heartbeat
  }

  /** Throws `LookAlike` if the URL now leads to a server that only looks like PostgreSQL. */
  refuseLookAlikes(): Promise<void> {
    return refuseLookAlikesAt(this.#url)
  }

  /** Records the present location of the store, if the recorded location is still the location `known`. */
  async moveStore(known: string, microseconds: number): Promise<void> {
    const text = 'SELECT record_place($1, $2, $3)'
    await this.#heartbeats.ask({ text, values: [known, this.#failover, microseconds] }, this.deadlines.read)
  }

  async read(...[name, ...values]: Read): Promise<readonly Row[]> {
    const connection = OF_OPERATORS.test(name) ? this.#pages : this.#memory
    const rows = await this.#read(connection, { name, text: READS[name], values })
    return name === 'history' ? rows.flatMap(({ history }) => historyRows(history)) : withLastUses(name, rows)
  }

  /** Runs a read that only the PostgreSQL engine has. Throws `StoreUnavailable`. */
  ask(name: string, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#read(this.#memory, { name, text, values })
  }

  /** Runs a read without a prepared plan, because a cached plan may have been made when the table was still empty. */
  askUnprepared(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#read(this.#memory, { text, values })
  }

  /**
   * Locks the configuration, so that several statements read the same version. Resolves with a function that releases
   * the lock. No replica can change the configuration while this replica has the lock. Token requests continue, unless
   * a change waits for the lock. If this replica hangs, the database releases the lock.
   */
  holdConfiguration(): Promise<() => Promise<void>> {
    return this.#hold(this.#memory, hold(this.deadlines.hold), RELEASE)
  }

  /**
   * Locks the configuration on the connection for commits. If a different connection had the lock, the next commit
   * would have to queue behind the changes that wait for the lock.
   */
  holdForCommits(): Promise<() => Promise<void>> {
    return this.#hold(this.#commits, holdForCommits(this.deadlines.hold), RELEASE_COMMITS)
  }

  async #hold(connection: DatabaseConnection, begin: string, end: string): Promise<() => Promise<void>> {
    const say = async (text: string): Promise<void> => {
      try {
        await connection.ask({ text }, this.deadlines.read)
      } catch (cause) {
        connection.drop()
        throw databaseUnavailable(cause)
      }
    }
    await say(begin)
    return () => say(end).catch(() => undefined)
  }

  async #read(connection: DatabaseConnection, question: Question): Promise<readonly Row[]> {
    const asked = () => connection.ask<Row & Record<string, never>>(question, this.deadlines.read)
    try {
      // The session may have ended, so the statement is sent a second time in a new session.
      return await asked().catch((cause: unknown) => {
        if (cause instanceof AnswerTimeout || cause instanceof ConnectFailure || cause instanceof SharedSessions)
          throw cause
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
    // Tells the other replicas that this replica has stopped. If this message fails, the other replicas notice that the
    // heartbeats have stopped.
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

/** The connection for reads by operators. These reads may be slow, so they must not delay other statements. */
const OF_OPERATORS =
  /^(?:audit_(?:page|count|from|before)|integrations_(?:by|matching)|count_|live_slots|history|secret_records|sealed)/

const hold = (
  milliseconds: number,
) => `SELECT ${OWN}; BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${String(milliseconds)};
  SELECT pg_advisory_xact_lock_shared(4711, 1)`

const LEAVE = `UPDATE replica SET issuer = NULL WHERE id = $1 AND ${OWN}`

const RELEASE = `SELECT ${OWN}; COMMIT`

const holdForCommits = (milliseconds: number) =>
  `SELECT ${OWN}; SET idle_session_timeout = ${String(milliseconds)}; SELECT pg_advisory_lock_shared(4711, 1)`
const RELEASE_COMMITS = `SELECT ${OWN}; SELECT pg_advisory_unlock_shared(4711, 1); SET idle_session_timeout = 0`

export const wrongPrimary = (): DiskFailure =>
  new DiskFailure('not_done', 'the store has moved to another server, and its new location is not recorded yet')

/** The columns with the location and the start time of the database server that answers. */
export const ANSWERED_BY = `place() AS place, to_jsonb(pg_postmaster_start_time()) #>> '{}' AS started`

const PROBE = `SELECT ${ANSWERED_BY},
  (SELECT coalesce(jsonb_agg(encode(history, 'hex')), '[]') FROM slot WHERE id = ANY ($1::bigint[])) AS histories`

/**
 * Returns the error for a read that the database cannot answer at present. Returns `cause` unchanged if it is already a
 * `StoreUnavailable`.
 */
export const databaseUnavailable = (cause?: unknown): StoreUnavailable =>
  cause instanceof StoreUnavailable ? cause : new StoreUnavailable('the database cannot answer right now', { cause })

/**
 * The SQLSTATE classes of refused statements, whose transaction was rolled back: data, integrity, syntax and access
 * errors.
 */
const REFUSED = /^(?:22|23|42)/
/** The SQLSTATE class of rollbacks that the statement itself did not cause, for example because of a deadlock. */
const ROLLED_BACK = /^40/

/**
 * The SQLSTATEs of a commit that was not carried out: either the database server is a standby, or the server has ended
 * the idle session, for example because the replica hung while the replica had the lock.
 */
const NOT_DONE = new Set(['25006', '55000', '57P05'])

function failureOf(cause: unknown): DiskFailure {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown }
  const state = typeof code === 'string' && code.length === 5 ? code : ''
  const isNotDone = cause instanceof ConnectFailure || cause instanceof SharedSessions || NOT_DONE.has(state)
  const isRefused = REFUSED.test(state) || ROLLED_BACK.test(state)
  const kind = isNotDone ? 'not_done' : isRefused ? 'statement' : 'outcome_unknown'
  return new DiskFailure(kind, typeof message === 'string' ? message : 'the database failed', { cause })
}
