// Follows the feed (the stream of changes of live tokens) until the guard closes. It connects, keeps the table of live
// tokens up to date, reconnects when a stream ends, and replaces old streams by new ones.
import { type FeedEvent, FEED_VERSION } from '@latchkey/protocol'
import { type FeedEnd, type FeedStream, openFeedStream } from './feed-stream.ts'
import { DRIFT, FollowedTable } from './followed-table.ts'
import { GuardError } from './guard-error.ts'
import type { IssuerClient } from './issuer-client.ts'
import type { KeySet } from './key-set.ts'
import type { Moment } from './moment.ts'

export interface FollowerSettings {
  readonly issuer: Pick<IssuerClient, 'issuer' | 'authenticate'>
  readonly keys: Pick<KeySet, 'restrictTo'>
  readonly longestSilenceMs: number
  /**
   * `loaded`: a snapshot is complete. `resumed`: the stream continued without a snapshot. `ended`: the stream ended,
   * for the given reason.
   */
  readonly onState: (state: FeedState, error?: GuardError) => void
  /** Called when rows were applied to this table. */
  readonly onRows: (table: FollowedTable) => void
  /** Called when the current table holds every change that the server acknowledged before this moment. */
  readonly onCertificate: (asOf: Moment) => void
}

export type FeedState = 'loaded' | 'resumed' | 'ended'

/** How often a stream is replaced. Its clock error grows with its age, to 180 ms in 15 minutes. */
const ANCHOR_MS = 900_000
/**
 * If the ages by the monotonic clock and by the wall clock differ by more than this, the wall clock was set, and its
 * age is wrong. The system slews a clock by less than this between two heartbeats.
 */
const CLOCK_STEP_MS = 500
const LEAST_MS_BETWEEN_ANCHORS = 5000
const SHORTEST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5000

interface Connection {
  readonly stream: FeedStream
  table: FollowedTable | undefined
  /**
   * True if the table has all changes up to some cursor. A certificate (the statement of the server that no change
   * before a moment is missing) applies only to such a table.
   */
  isWhole: boolean
  hasCertified: boolean
  readonly isResumed: boolean
  scopes: readonly string[]
}

export class FeedFollower {
  readonly #settings: FollowerSettings
  #current: FollowedTable | undefined
  /** The cursor from which the current table continues. */
  #cursor: string | undefined
  #primary: Connection | undefined
  /** A stream that is opened beside the primary stream, and replaces it at its own first certificate. */
  #candidate: Connection | undefined
  #failures = 0
  #anchoredAt = 0
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(settings: FollowerSettings) {
    this.#settings = settings
    this.#primary = this.#open()
  }

  /** The last complete table, of any age. Undefined until the first snapshot is complete. */
  get current(): FollowedTable | undefined {
    return this.#current
  }

  get isConnected(): boolean {
    return this.#primary?.hasCertified === true
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#primary?.stream.close()
    this.#candidate?.stream.close()
  }

  #open(): Connection {
    const { issuer, longestSilenceMs } = this.#settings
    const table = this.#cursor === undefined ? undefined : this.#current
    this.#anchoredAt = performance.now()
    const stream = openFeedStream({
      ...{ issuer, longestSilenceMs },
      cursor: table && this.#cursor,
      onEvent: (event, cursor) => {
        this.#take(connection, event, cursor)
      },
    })
    const isResumed = table !== undefined
    const connection = { stream, table, isWhole: isResumed, hasCertified: false, isResumed, scopes: [] }
    void stream.ended.then((end) => {
      this.#ended(connection, end)
    })
    return connection
  }

  #take(connection: Connection, event: FeedEvent, cursor: string): void {
    // A stream that was replaced may still deliver events.
    if (connection !== this.#primary && connection !== this.#candidate) return
    switch (event.name) {
      case 'hello':
        if (event.version !== FEED_VERSION) throw mismatch(`speaks version ${event.version}, not ${FEED_VERSION}`)
        connection.scopes = event.scopes
        return
      case 'reset':
        // The present table stays in use until the new table is complete, unless it becomes too old before.
        connection.table = new FollowedTable(connection.scopes)
        connection.isWhole = false
        return
      case 'keys':
        this.#settings.keys.restrictTo(event.kids)
        return
      case 'slots':
      case 'slot': {
        const table = tableOf(connection)
        table.apply(event.rows)
        this.#settings.onRows(table)
        return
      }
      case 'snapshot-end':
        connection.isWhole = true
        return
      case 'heartbeat':
        if (connection.isWhole) this.#certify(connection, event.t, cursor)
        return
      case 'bye':
        return
    }
  }

  #certify(connection: Connection, t: number, cursor: string): void {
    const table = tableOf(connection)
    const { sentAt } = connection.stream
    const now = performance.now()
    const drift = (now - sentAt.monotonic) * DRIFT
    const said = { monotonic: sentAt.monotonic + t - drift, wall: sentAt.wall + t - drift }
    // A certificate from the future means that the server's clock has jumped or that the local clock stood still. A new
    // stream shows which of the two happened.
    const asOf = { ...said, monotonic: Math.min(said.monotonic, now) }
    table.certify(asOf)
    const isNew = table !== this.#current
    this.#current = table
    this.#cursor = cursor === '' ? undefined : cursor
    if (!connection.hasCertified) this.#establish(connection, isNew)
    this.#settings.onCertificate(asOf)
    if (this.#isAnchorOld(said)) this.#candidate ??= this.#open()
  }

  #establish(connection: Connection, isNew: boolean): void {
    connection.hasCertified = true
    this.#failures = 0
    if (connection === this.#candidate) {
      this.#candidate = undefined
      this.#primary?.stream.close()
      this.#primary = connection
    }
    this.#settings.onState(isNew ? 'loaded' : 'resumed')
  }

  #isAnchorOld({ monotonic, wall }: Moment): boolean {
    const now = performance.now()
    const step = Math.max(Math.abs(Date.now() - wall - (now - monotonic)), monotonic - now)
    const age = now - this.#anchoredAt
    return age >= ANCHOR_MS || (step >= CLOCK_STEP_MS && age >= LEAST_MS_BETWEEN_ANCHORS)
  }

  #ended(connection: Connection, { error, retryAfterMs }: FeedEnd): void {
    if (connection === this.#candidate) this.#candidate = undefined
    if (connection !== this.#primary || this.#isClosed) return
    // The malformed event may have damaged the table, so the follower starts with an empty one.
    if (error.code === 'ISSUER_MISMATCH') this.#cursor = undefined
    this.#settings.onState('ended', error)
    this.#primary = this.#candidate
    this.#candidate = undefined
    if (this.#primary !== undefined) return
    const pause = Math.min(SHORTEST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS)
    // Waits a random time: guards that lost the same server must not all reconnect at the same moment.
    const jitter = (0.5 + Math.random() / 2) * pause
    this.#timer = setTimeout(
      () => {
        this.#primary = this.#open()
      },
      Math.max(jitter, retryAfterMs),
    )
  }
}

function tableOf({ table, isResumed, scopes }: Connection): FollowedTable {
  if (table === undefined) throw mismatch('continues a table that the guard does not have')
  // A stream may resume only if the server lists the same scopes in the same order.
  if (isResumed && table.scopes.join(' ') !== scopes.join(' ')) throw mismatch('changed its scopes without a reset')
  return table
}

const mismatch = (what: string): GuardError => new GuardError('ISSUER_MISMATCH', `the feed ${what}`)
