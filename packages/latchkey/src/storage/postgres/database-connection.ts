// A connection to PostgreSQL that runs one statement at a time. If the connection is lost or a statement times out, the
// next statement gets a new connection.
import { Socket } from 'node:net'
import pg from 'pg'
import { inOwnSession, ranInWrongSession, type SessionFacts, sessionSettings, SharedSessions } from './own-session.ts'
import { readableTypes } from './types.ts'

/** An SQL statement. If it has a name, the database server prepares it once and keeps its plan. */
export interface Question {
  readonly name?: string
  /** A single query, or several statements whose conditions contain the marker `OWN` (see `inOwnSession`). */
  readonly text: string
  readonly values?: readonly unknown[]
}

/**
 * The notice that PostgreSQL sends if it has cancelled the wait for the standby. If this database server fails, the
 * commit may then be lost.
 */
const CANCELLED_WAIT = /canceling wait for synchronous replication/i

// Replaces U+0000, which PostgreSQL refuses, by U+0001. No stored text contains either character, so a search with
// either of them finds nothing.
const askable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(askable)
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u0001') : value
}

/**
 * The interval of TCP keepalive packets in milliseconds. It is shorter than the usual idle timeouts of firewalls and
 * proxies.
 */
const KEEP_ALIVE_MS = 10_000

/** The SQLSTATE of a prepared statement that would now return different columns. */
const PLAN_OUTDATED = '0A000'

/** The SQLSTATE of a write in a read-only session. A new session may be writable, or on a different server. */
const READ_ONLY = '25006'

/** Thrown if a commit returned without the confirmation of the standby. The outcome of the commit is unknown. */
export class StandbyWaitCancelled extends Error {}

/** Thrown if no connection could be made. The statement was not sent. */
export class ConnectFailure extends Error {}

/**
 * Thrown if the database did not answer in time. The connection is dropped, and the outcome of the statement is
 * unknown.
 */
export class AnswerTimeout extends Error {}

export interface DatabaseConnectionOptions {
  readonly url: string
  /** The name of the replica. The change log records this name with the changes that come through this connection. */
  readonly replica: string
  /** The purpose of the connection, which PostgreSQL shows as `application_name`. */
  readonly name: string
  /** SQL statements that run before the usual session settings. */
  readonly settings?: string
}

export class DatabaseConnection {
  readonly #url: string
  readonly #replica: string
  #connections = 0
  readonly #name: string
  readonly #settings: string
  #client: pg.Client | undefined
  #socket: Socket | undefined
  /** The id of the database server process that serves the current connection. */
  #process = 0
  /** The start time of the database server. Empty before the first connection. */
  #started = ''
  readonly #timedOutProcesses: number[] = []
  #wrongSession: { readonly at: number; readonly cause: SharedSessions } | undefined
  #last: Promise<unknown> = Promise.resolve()
  #closed = false
  /** True if the current statement has been sent. */
  #isSent = false

  constructor({ url, replica, name, settings = '' }: DatabaseConnectionOptions) {
    this.#url = url
    this.#replica = replica
    this.#name = name
    this.#settings = settings
  }

  /**
   * The name that the change log records with the changes of the current connection. Empty if there is no connection.
   * Each new connection gets a new name: a statement that timed out on an earlier connection may still run, and this
   * replica must then read the change of that statement from the change log.
   */
  get author(): string {
    return this.#client === undefined ? '' : this.#author
  }

  /** The ids of the database server processes whose statements timed out. These statements may still run. */
  get timedOutProcesses(): readonly number[] {
    return this.#timedOutProcesses
  }

  /** Removes these process ids. The caller must make sure that the processes have ended. */
  forgetTimedOut(): void {
    this.#timedOutProcesses.length = 0
  }

  get #author(): string {
    return `${this.#replica}/${this.#name}/${String(this.#connections)}`
  }

  /**
   * Returns the error of the last statement that ran in the wrong session, if that was at most `milliseconds` ago.
   * Otherwise undefined.
   */
  wrongSessionWithin(milliseconds: number): SharedSessions | undefined {
    return this.#wrongSession !== undefined && performance.now() - this.#wrongSession.at < milliseconds
      ? this.#wrongSession.cause
      : undefined
  }

  /**
   * Runs the statement after all earlier statements. Connecting and answering together may take `within` milliseconds.
   * Throws `ConnectFailure`, `AnswerTimeout`, `StandbyWaitCancelled`, `SharedSessions` and the errors of PostgreSQL.
   */
  ask<Row extends pg.QueryResultRow>(question: Question, within: number): Promise<readonly Row[]> {
    const answer = this.#last.then(() => this.#askNow<Row>(question, within))
    this.#last = answer.catch(() => undefined)
    return answer
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#last
    const client = this.#client
    this.#client = undefined
    await client?.end().catch(() => undefined)
  }

  /**
   * Drops the connection at once, without the protocol's message for an orderly close. A statement in flight gets no
   * answer.
   */
  drop(): void {
    this.#client = undefined
    this.#socket?.destroy()
  }

  /** Drops the connection, unless it is connected to the database server with this start time. */
  dropUnlessAt(started: string): void {
    if (this.#client === undefined || this.#started !== started) this.drop()
  }

  async #askNow<Row extends pg.QueryResultRow>(question: Question, within: number): Promise<readonly Row[]> {
    if (this.#closed) throw new Error('the connection is closed')
    this.#isSent = false
    let late: NodeJS.Timeout | undefined
    const silence = new Promise<never>((_, reject) => {
      late = setTimeout(() => {
        const message = `PostgreSQL did not answer within ${String(within)} ms`
        const failure = this.#isSent ? new AnswerTimeout(message) : new ConnectFailure(message)
        // The statement is not cancelled, so it may still run on the database server.
        if (this.#client !== undefined) this.#timedOutProcesses.push(this.#process)
        this.drop()
        reject(failure)
      }, within)
    })
    try {
      return await Promise.race([this.#answerOfNow<Row>(question), silence])
    } finally {
      clearTimeout(late)
    }
  }

  async #answerOfNow<Row extends pg.QueryResultRow>(question: Question): Promise<readonly Row[]> {
    try {
      return await this.#answer<Row>(question)
    } catch (cause) {
      await this.#refuseWrongSession(cause)
      const { code } = cause as { readonly code?: unknown }
      if (code === PLAN_OUTDATED || code === READ_ONLY) this.drop()
      if (code !== PLAN_OUTDATED) throw cause
      // A newer version of Latchkey has changed the tables since the statement was prepared. The statement did not run,
      // so it can be sent again.
      return this.#answer<Row>(question)
    }
  }

  async #refuseWrongSession(cause: unknown): Promise<void> {
    if (!(await ranInWrongSession(cause, this.#author, this.#client))) return
    this.drop()
    this.#wrongSession = { at: performance.now(), cause: new SharedSessions({ cause }) }
    throw this.#wrongSession.cause
  }

  async #answer<Row extends pg.QueryResultRow>({ name, text, values = [] }: Question): Promise<readonly Row[]> {
    const client = (this.#client ??= await this.#connected())
    const wait = { isCancelled: false }
    const notice = ({ message }: { readonly message: string | undefined }): void => {
      wait.isCancelled ||= CANCELLED_WAIT.test(message ?? '')
    }
    client.on('notice', notice)
    this.#isSent = true
    try {
      const { rows } = await client.query<Row>({
        text: inOwnSession(this.#author, text),
        values: values.map(askable),
        ...(name !== undefined && { name }),
      })
      if (!wait.isCancelled) return rows
      this.drop()
      throw new StandbyWaitCancelled(
        'PostgreSQL cancelled the wait for the standby: the outcome of the commit is unknown',
      )
    } finally {
      client.off('notice', notice)
    }
  }

  async #connected(): Promise<pg.Client> {
    try {
      return await this.#connect()
    } catch (cause) {
      throw new ConnectFailure('PostgreSQL cannot be reached', { cause })
    }
  }

  async #connect(): Promise<pg.Client> {
    this.#connections++
    const socket = new Socket()
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: `latchkey ${this.#name}`,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      types: readableTypes,
      stream: () => socket,
    })
    const forget = (): void => {
      if (this.#client === client) this.#client = undefined
    }
    client.on('error', forget)
    client.on('end', forget)
    // From here on, a timeout can destroy the socket.
    this.#socket = socket
    try {
      await client.connect()
      // `pg` returns an array with one result for each statement.
      const results: unknown = await client.query(sessionSettings(this.#author, this.#settings))
      const { rows } = (results as readonly pg.QueryResult<SessionFacts>[]).at(-1) as pg.QueryResult<SessionFacts>
      this.#process = rows[0]?.process ?? 0
      this.#started = rows[0]?.started ?? ''
      return client
    } catch (cause) {
      socket.destroy()
      throw cause
    }
  }
}
