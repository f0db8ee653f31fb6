// What a listener counts of its connections, for its metrics and its log.
import type { Logger } from '../log.ts'

/** Milliseconds between two lines about the same thing. */
const QUIET = 60_000

export class ConnectionCounts {
  readonly listener: string
  /** The listener closes a new connection at once while this many are open. */
  readonly most: number
  open = 0
  /** Closed at once, because too many were open. */
  rejected = 0
  /** Cut, because the client did not take its answers. */
  cut = 0
  readonly #logger: Logger
  #rejectedUntil = -Infinity
  #cutUntil = -Infinity

  constructor(listener: string, most: number, logger: Logger) {
    this.listener = listener
    this.most = most
    this.#logger = logger
  }

  /** Counts a connection that was closed at once. One line a minute says it. */
  reject(): void {
    this.rejected += 1
    if (performance.now() < this.#rejectedUntil) return
    this.#rejectedUntil = performance.now() + QUIET
    const { listener, most, rejected } = this
    this.#logger.warn(
      { event: 'connections.full', listener, most, rejected },
      'too many connections are open: new ones are closed at once',
    )
  }

  /** Counts a connection that was cut. One line a minute says it. */
  cutOff(): void {
    this.cut += 1
    if (performance.now() < this.#cutUntil) return
    this.#cutUntil = performance.now() + QUIET
    const { listener, cut } = this
    this.#logger.warn({ event: 'connections.unread', listener, cut }, 'a client did not read its answers: cut off')
  }
}

type ConnectionMetric = readonly [name: string, help: string, value: (counts: ConnectionCounts) => number]

/** The metrics of each listener. A name that ends in `_total` is a counter, every other one a gauge. */
export const CONNECTION_METRICS: readonly ConnectionMetric[] = [
  ['latchkey_connections', 'Open connections, by listener.', ({ open }) => open],
  ['latchkey_connections_limit', 'The most connections that a listener holds.', ({ most }) => most],
  [
    'latchkey_connections_rejected_total',
    'Connections closed at once, because the most were open.',
    ({ rejected }) => rejected,
  ],
  [
    'latchkey_connections_unread_total',
    'Connections cut off, because the client did not read its answers.',
    ({ cut }) => cut,
  ],
]
