// One connection to PostgreSQL, used by one question at a time, and replaced if it is lost or times out.
import { Socket } from 'node:net'
import pg from 'pg'
import { inOwnSession, ranInWrongSession, type SessionFacts, sessionSettings, SharedSessions } from './own-session.ts'
import { readableTypes } from './types.ts'

/** A question with its name, under which the server keeps its plan. */
export interface Question {
  readonly name?: string
  /** One query, or whatever holds `OWN` where it must be true. */
  readonly text: string
  readonly values?: readonly unknown[]
}

/** A wait for the standby was cut short: what was committed may be lost with this server. */
const CANCELLED_WAIT = /canceling wait for synchronous replication/i

// PostgreSQL refuses U+0000 in a question too. What is written holds neither of the two, so neither is found.
const askable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(askable)
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\u0001') : value
}

/** Sooner than anything on the way forgets a connection on which nothing is said. */
const KEEP_ALIVE_MS = 10_000

/** SQLSTATE: the named statement gives other columns than when it was prepared. */
const PLAN_OUTDATED = '0A000'

/** SQLSTATE: the session takes no writes. Its next one may, or be on another server. */
const READ_ONLY = '25006'

/** The commit came through without the standby's word for it: its outcome is in doubt. */
export class StandbyWaitCancelled extends Error {}

/** There was no connection and none could be made: nothing was sent. */
export class ConnectFailure extends Error {}

/** No answer in time: the connection is given up, and whether the statement ran is not known. */
export class AnswerTimeout extends Error {}

export class DatabaseConnection {
  readonly #url: string
  readonly #replica: string
  #connections = 0
  readonly #name: string
  readonly #settings: string
  #client: pg.Client | undefined
  #socket: Socket | undefined
  /** Of the server, for the current connection. */
  #process = 0
  /** When that server was started; empty while it has not said so. */
  #started = ''
  readonly #givenUp: number[] = []
  #wrongSession: { readonly at: number; readonly cause: SharedSessions } | undefined
  #last: Promise<unknown> = Promise.resolve()
  #closed = false
  /** The current question. */
  #isSent = false

  /**
   * `replica` stands beside every change that is made here; `name` says on the server what the connection is for;
   * `settings` is what is set for it beside what holds for all.
   */
  constructor(url: string, replica: string, name: string, settings = '') {
    this.#url = url
    this.#replica = replica
    this.#name = name
    this.#settings = settings
  }

  /**
   * What stands beside the changes made on the current connection; empty while there is none. Another connection has
   * another one: a statement whose answer was lost with the one before may still be carried out, and counts as
   * another replica's from the moment at which it was given up.
   */
  get author(): string {
    return this.#client === undefined ? '' : this.#author
  }

  /** The server's processes that were given up when they fell silent, and may still be at it. */
  get givenUp(): readonly number[] {
    return this.#givenUp
  }

  /** They have ended. */
  forgetGivenUp(): void {
    this.#givenUp.length = 0
  }

  get #author(): string {
    return `${this.#replica}/${this.#name}/${String(this.#connections)}`
  }

  /**
   * A question of the last milliseconds was refused, since it came to another session than the one it was meant for.
   */
  wrongSessionWithin(milliseconds: number): SharedSessions | undefined {
    return this.#wrongSession !== undefined && performance.now() - this.#wrongSession.at < milliseconds
      ? this.#wrongSession.cause
      : undefined
  }

  /** Waits for its turn, then `within` milliseconds for connection and answer together. */
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

  /** Drops the connection without a message: a question in flight on it gets no answer. */
  drop(): void {
    this.#client = undefined
    this.#socket?.destroy()
  }

  /** The same, unless the connection leads to the server that was started then. */
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
        // What the server does with the statement from here on nobody hears: it is never cancelled.
        if (this.#client !== undefined) this.#givenUp.push(this.#process)
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
      // A newer version has changed the tables since the plan was made. Nothing was carried out.
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
      throw new StandbyWaitCancelled('the commit was not waited for until a standby had it')
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
    // From now on its silence can end it.
    this.#socket = socket
    try {
      await client.connect()
      // Of several statements there are as many results.
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
