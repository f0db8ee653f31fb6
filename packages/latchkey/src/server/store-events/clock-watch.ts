// Whether this server's clock and the database's are in step: which tokens are over each server says by its own.
import type { Logger } from '../../log.ts'
import type { ClockReading } from '../../ports/clock.ts'

/** Two servers, each as far from the database's clock, are twice that apart. */
const MOST_SECONDS = 2
/** Less than that: a difference at the limit that varies a little is one, and is told once. */
const TOGETHER_SECONDS = 1.5

export class ClockWatch {
  readonly #logger: Logger
  #offset: number | undefined
  #isApart = false

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** By how many seconds the database's clock is ahead of this one, or behind if below 0; undefined where there is none. */
  get offsetSeconds(): number | undefined {
    return this.#offset
  }

  see({ askedAt, answeredAt, said }: ClockReading): void {
    // Somebody has just set this clock.
    if (answeredAt < askedAt) return
    // The answer was given at any moment on the way, and the moments are known to the second.
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
      'the clocks of this server and of its database differ: tokens seem expired or not yet issued; synchronise both (NTP)',
    )
  }

  #tellTogether(): void {
    this.#isApart = false
    this.#logger.info({ event: 'clock.together' }, 'the clocks of this server and of its database are in step again')
  }
}
