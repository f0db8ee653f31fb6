// The runs of servers on a store, derived from the stored minutes. If a run ended without its last write, some of its
// counts are missing.
import type { KeptMinute, NamedCounts } from '../ports/activity-minutes.ts'

/** Each run counts this name once when the run begins. */
export const STARTED: NamedCounts = { started: 1 }
/** A run counts this name once if it wrote all its counts before it ended. */
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

  /** @param ownStart the minute in which the own run began. */
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
   * Returns the minute before which up to a minute of counts may be missing: the start of the next run after the last
   * one that did not write everything. Undefined if no counts are missing. A run that wrote after the start of the own
   * run is another server, which still works.
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
