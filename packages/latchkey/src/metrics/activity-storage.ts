// Stores the activity counts of the last two days. Reads the stored counts at the start, and writes the counts of this
// run once a minute.
import { randomBytes } from 'node:crypto'
import type { Logger } from '../log.ts'
import type { ActivityMinutes, KeptMinutes, NamedCounts } from '../ports/activity-minutes.ts'
import type { EarlierRun } from '../ports/activity-reports.ts'
import { StoreUnavailable } from '../ports/store.ts'
import { EarlierRuns, STARTED, STOPPED } from './earlier-runs.ts'
import { MAY_CHANGE_MINUTES, type ServerTimeline } from './server-timeline.ts'
import { type SteadyTime, toSeconds } from './steady-time.ts'
import { minuteOf } from './timeline.ts'

const FLUSH_MS = 60_000
const MINUTES_OF_TWO_DAYS = 2880
/** The number of minutes for which the server has its own counts in memory. */
const MINUTES = 120
export interface ActivityStorageParts {
  readonly minutes: ActivityMinutes
  readonly timeline: ServerTimeline
  readonly time: SteadyTime
  readonly logger: Logger
}

export class ActivityStorage {
  readonly #parts: ActivityStorageParts
  readonly #run = randomBytes(6).toString('hex')
  readonly #startedAt: number
  readonly #runs: EarlierRuns
  #isRestart = false
  /** The latest minute for which the counts of this run are in the store, at least in part. */
  #writtenTo: number
  /** The last written counts as JSON, for the minute `#writtenTo` and later minutes. */
  #written: ReadonlyMap<number, string> = new Map()
  /** The minute in which this process last read the store. */
  #readTo: number
  #writing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: ActivityStorageParts) {
    this.#parts = parts
    this.#startedAt = parts.time.now()
    this.#writtenTo = minuteOf(this.#startedAt)
    this.#readTo = this.#writtenTo
    this.#runs = new EarlierRuns(this.#run, this.#writtenTo)
  }

  /** Reads the counts of earlier runs, and begins to write the counts of this run once a minute. */
  async begin(): Promise<void> {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS).unref()
    const kept = await this.#read(minuteOf(this.#startedAt) - MINUTES_OF_TWO_DAYS)
    this.#isRestart = kept?.first !== undefined
    await this.#write({})
  }

  /** What the store tells about earlier runs of servers. Undefined if this is the first run on the store. */
  get earlier(): EarlierRun | undefined {
    if (!this.#isRestart) return undefined
    const restartedAt = toSeconds(this.#startedAt)
    const minute = this.#runs.incompleteBefore
    return {
      restartedAt,
      incompleteBefore: minute === undefined ? undefined : Math.min(restartedAt, (minute + 1) * 60),
    }
  }

  /**
   * Writes the counts since the last write, and reads the counts of other servers. If the store fails, keeps the counts
   * for the next write.
   */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      await this.#write({})
      await this.#read(this.#readTo - MAY_CHANGE_MINUTES)
    })
    return this.#writing
  }

  /** Writes the remaining counts, and records that this run has stopped cleanly. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#writing
    await this.#write(STOPPED)
  }

  async #write(mark: NamedCounts): Promise<void> {
    const { minutes, timeline, time } = this.#parts
    const now = time.now()
    const present = minuteOf(now)
    const from = Math.max(this.#writtenTo, present - MINUTES + 1)
    const changed = new Map<number, NamedCounts>()
    const written = new Map<number, string>()
    for (let minute = from; minute <= present; minute++) {
      const counts = {
        ...(minute === minuteOf(this.#startedAt) && STARTED),
        ...timeline.ownCounts(minute, now),
        ...(minute === present && mark),
      }
      const text = JSON.stringify(counts)
      written.set(minute, text)
      if (text !== (this.#written.get(minute) ?? '{}')) changed.set(minute, counts)
    }
    try {
      if (changed.size > 0) await minutes.put(this.#run, changed, minuteOf(timeline.since))
      this.#writtenTo = present
      this.#written = written
    } catch (cause) {
      this.#failed(cause)
    }
  }

  /**
   * Reads the stored counts of `from` and later minutes, and adds them to the timeline. Undefined if the store cannot
   * be read at present.
   */
  async #read(from: number): Promise<KeptMinutes | undefined> {
    const { minutes, timeline, time } = this.#parts
    try {
      const now = time.now()
      const kept = await minutes.from(from)
      timeline.takeOver(kept, this.#run, now)
      for (const minute of kept.minutes) this.#runs.note(minute)
      this.#readTo = minuteOf(now)
      return kept
    } catch (cause) {
      this.#failed(cause)
      return undefined
    }
  }

  #failed(cause: unknown): void {
    if (cause instanceof StoreUnavailable) return
    this.#parts.logger.error({ event: 'activity.not_kept', err: cause }, 'counts were not written to the store')
  }
}
