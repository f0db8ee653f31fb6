// Watches whether the clocks of this server and of the database agree, because each server expires tokens by its own clock.
import type { Logger } from '../../log.ts'
import type { ClockReading } from '../../ports/clock.ts'

/**
 * The largest allowed difference in seconds between the clocks of a server and the database. The clocks of two servers
 * may differ by twice this limit.
 */
const MOST_SECONDS = 2
/**
 * The difference in seconds below which the clocks count as equal again. It is smaller than the limit, so that a
 * difference that varies around the limit is reported only once.
 */
const TOGETHER_SECONDS = 1.5

export class ClockWatch {
  readonly #logger: Logger
  #offset: number | undefined
  #isApart = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /**
   * How many seconds the database's clock is ahead of this server's clock. Negative if the database's clock is behind.
   * Undefined if there is no database.
   */
  get offsetSeconds(): number | undefined {
    return this.#offset
  }

  see({ askedAt, answeredAt, said }: ClockReading): void {
    // This server's clock was set between the two readings, so the reading is ignored.
    if (answeredAt < askedAt) return
    // The database read its clock at some moment between the request and the answer, and returns whole seconds.
    const doubt = (answeredAt + 1 - askedAt) / 2
    const offset = said - (askedAt + doubt)
    const distance = Math.abs(offset)
    this.#offset = distance <= doubt ? 0 : Math.round(offset)
    if (!this.#isApart && distance - doubt > MOST_SECONDS) this.#tellApart(this.#offset)
    else if (this.#isApart && distance + doubt <= TOGETHER_SECONDS) this.#tellTogether()
  }

  #tellApart(offset: number): void {
    this.#isApart = true
    this.#logger.warn(
      { event: 'clock.apart', seconds: Math.abs(offset), database: offset > 0 ? 'ahead' : 'behind' },
      'the clocks of this server and of its database differ, so tokens may seem expired or not yet issued: synchronise both with NTP',
    )
  }

  #tellTogether(): void {
    this.#isApart = false
    this.#logger.info({ event: 'clock.together' }, 'the clocks of this server and of its database agree again')
  }
}
