// Counts the connections of a listener, for metrics and the log.
import type { Logger } from '../log.ts'

/** The shortest time between two log lines about the same problem, in milliseconds. */
const LOG_INTERVAL = 60_000

export class ConnectionCounts {
  readonly listener: string
  /** The largest number of open connections. When it is reached, the listener closes every new connection at once. */
  readonly most: number
  open = 0
  /** The number of connections that were closed at once, because too many connections were open. */
  rejected = 0
  /** The number of connections that were cut, because the client did not read its answers. */
  cut = 0
  readonly #logger: Logger
  #rejectedUntil = -Infinity
  #cutUntil = -Infinity

  constructor(listener: string, most: number, logger: Logger) {
    this.listener = listener
    this.most = most
    this.#logger = logger
  }

  /** Counts a connection that was closed at once. Logs at most one line a minute. */
  reject(): void {
    this.rejected += 1
    if (performance.now() < this.#rejectedUntil) return
    this.#rejectedUntil = performance.now() + LOG_INTERVAL
    const { listener, most, rejected } = this
    this.#logger.warn(
      { event: 'connections.full', listener, most, rejected },
      'too many connections are open: new connections are closed at once',
    )
  }

  /** Counts a connection that was cut. Logs at most one line a minute. */
  cutOff(): void {
    this.cut += 1
    if (performance.now() < this.#cutUntil) return
    this.#cutUntil = performance.now() + LOG_INTERVAL
    const { listener, cut } = this
    this.#logger.warn(
      { event: 'connections.unread', listener, cut },
      'a client did not read its answers: its connection was cut',
    )
  }
}

type ConnectionMetric = readonly [name: string, help: string, value: (counts: ConnectionCounts) => number]

/**
 * The metrics of each listener. A metric whose name ends in `_total` is a counter, and every other metric is a gauge.
 */
export const CONNECTION_METRICS: readonly ConnectionMetric[] = [
  ['latchkey_connections', 'Open connections, by listener.', ({ open }) => open],
  ['latchkey_connections_limit', 'The maximum number of connections of a listener.', ({ most }) => most],
  [
    'latchkey_connections_rejected_total',
    'Connections closed at once, because the listener had its maximum number.',
    ({ rejected }) => rejected,
  ],
  [
    'latchkey_connections_unread_total',
    'Connections cut off, because the client did not read its answers.',
    ({ cut }) => cut,
  ],
]
