// Finds the earlier runs of servers in the stored counts. Also finds out whether counts are missing because a run ended
// without its last write. A run lasts from the start of a server process to its end.
import type { KeptMinute, NamedCounts } from '../ports/activity-minutes.ts'

/** Each run adds this count once, when the run begins. */
export const STARTED: NamedCounts = { started: 1 }
/**
 * A run adds this count once, with its last write. If the count is missing, the run may have ended without its last
 * write.
 */
export const STOPPED: NamedCounts = { stopped: 1 }

interface Run {
  firstMinute: number
  lastMinute: number
  wroteEverything: boolean
}

export class EarlierRuns {
  readonly #runs = new Map<string, Run>()
  readonly #own: string
  readonly #ownStart: number

  /** @param ownStart the minute in which the present run began */
  constructor(own: string, ownStart: number) {
    this.#own = own
    this.#ownStart = ownStart
  }

  note({ minute, runs }: KeptMinute): void {
    for (const [name, counts] of Object.entries(runs)) {
      if (name === this.#own) continue
      const run = this.#runs.get(name) ?? { firstMinute: minute, lastMinute: minute, wroteEverything: false }
      run.firstMinute = Math.min(run.firstMinute, minute)
      run.lastMinute = Math.max(run.lastMinute, minute)
      run.wroteEverything ||= 'stopped' in counts
      this.#runs.set(name, run)
    }
  }

  /**
   * A run that ended without its last write may lack up to one minute of counts. Returns the start of the run that
   * followed the last such run: only counts before this minute may be missing. Undefined if no counts are missing. A
   * run that has written counts since the present run began has not ended, because it belongs to another server that
   * still runs.
   */
  get incompleteBefore(): number | undefined {
    const runs = [...this.#runs.values()]
    const starts = [...runs.map(({ firstMinute }) => firstMinute), this.#ownStart]
    const ends = runs
      .filter(({ wroteEverything, lastMinute }) => !wroteEverything && lastMinute <= this.#ownStart)
      .map((cut) => {
        const later = starts.filter((start, index) => runs[index] !== cut && start >= cut.lastMinute)
        return Math.min(...later)
      })
    return ends.length === 0 ? undefined : Math.max(...ends)
  }
}
