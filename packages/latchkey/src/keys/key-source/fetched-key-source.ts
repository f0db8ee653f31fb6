// A key source whose keys the server fetches and keeps in memory. If a fetch fails, the old keys stay in use for a
// limited time, so that clients can authenticate during an outage of the source.
import type { KeySourceFault } from '../../domain/key-source-fault.ts'
import type { EpochSeconds } from '../../domain/slot.ts'
import type { FoundKeys, KeyQuery, KeySource, KeySourceState, PublishedKey } from '../../ports/key-source.ts'
import { type FetchedLocation, type FetchedSet, fetchKeys } from './fetch-keys.ts'
import { findIn } from './find-in.ts'
import type { KeySourceParts, KeySourceSettings } from './key-source-settings.ts'
import { readKeySet } from './read-key-set.ts'

const LONGEST_WAIT_MS = 3000
/** The time after a successful fetch in which a request with an unknown key does not start a new fetch. */
const ASKED_MS = 30_000
const LONGEST_BACK_OFF_MS = 60_000
/**
 * The server stops the background fetches of a source that no request has used for this time. The next request fetches
 * the keys again.
 */
const IN_USE_MS = 3_600_000
/**
 * Fetched keys are fresh for a limited time. After this fraction of that time, the server fetches the keys again in the
 * background.
 */
const REFRESH_AT = 0.75

interface GoodFetch {
  /** The moment of the fetch on the monotonic clock, in milliseconds. */
  readonly at: number
  readonly fetchedAt: EpochSeconds
  readonly freshSeconds: number
  readonly keys: readonly PublishedKey[]
}

export class FetchedKeySource implements KeySource {
  readonly #settings: KeySourceSettings & { readonly location: FetchedLocation }
  readonly #parts: KeySourceParts
  readonly #closed = new AbortController()
  #good: GoodFetch | undefined
  #lastError: KeySourceFault | undefined
  #failures = 0
  /** The time from which a request may start a fetch again. This time and `#usedAt` are on the monotonic clock. */
  #nextTryAt = -Infinity
  #usedAt = -Infinity
  #running: Promise<void> | undefined
  #reported: 'good' | 'stale' | 'unavailable' = 'good'
  #cancelTimer: () => void = () => undefined

  constructor(settings: KeySourceSettings & { readonly location: FetchedLocation }, parts: KeySourceParts) {
    this.#settings = settings
    this.#parts = parts
    if (settings.requests === 'never_wait') void this.#fetch()
  }

  async find(query: KeyQuery): Promise<FoundKeys> {
    this.#usedAt = this.#now()
    const found = this.#lookUp(query)
    // After a failed fetch, requests use the old keys without a wait.
    const isCurrent = this.#age() < 1 || this.#failures > 0
    if (this.#settings.requests === 'never_wait' || (found !== undefined && isCurrent)) {
      if ((found === undefined || this.#age() >= REFRESH_AT) && this.#mayTry()) void this.#fetch()
      return found ?? (this.#isUsable() ? UNKNOWN : this.#unavailable())
    }
    if (this.#running === undefined && !this.#mayTry()) return this.#failures > 0 ? this.#unavailable() : UNKNOWN
    const isAnswered = await this.#isFetchedInTime()
    return this.#lookUp(query) ?? (isAnswered ? UNKNOWN : this.#unavailable())
  }

  async refresh(): Promise<KeySourceState> {
    await this.#fetch()
    return this.state()
  }

  state(): KeySourceState {
    const { fetchedAt, freshSeconds = 0, keys = [] } = this.#good ?? {}
    return {
      fetchedAt,
      freshUntil: fetchedAt === undefined ? undefined : fetchedAt + freshSeconds,
      lastError: this.#lastError,
      kids: keys.flatMap(({ kid }) => kid ?? []),
    }
  }

  close(): void {
    this.#closed.abort()
    this.#cancelTimer()
  }

  #now(): number {
    return this.#parts.clock.monotonic()
  }

  /** Returns the age of the keys as a fraction of the time for which they are fresh: 1 at the end of that time. */
  #age(): number {
    return this.#good === undefined ? Infinity : (this.#now() - this.#good.at) / (this.#good.freshSeconds * 1000)
  }

  /** Returns for how many seconds the server will still use the keys if no fetch succeeds. */
  #secondsLeft(): number {
    if (this.#good === undefined) return 0
    const { at, freshSeconds } = this.#good
    return Math.max(0, freshSeconds + this.#settings.staleSeconds - (this.#now() - at) / 1000)
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted
  }

  #isUsable(): boolean {
    return this.#secondsLeft() > 0 && !this.#isClosed()
  }

  #mayTry(): boolean {
    return this.#now() >= this.#nextTryAt
  }

  #lookUp(query: KeyQuery): FoundKeys | undefined {
    return this.#good !== undefined && this.#isUsable() ? findIn(this.#good.keys, query) : undefined
  }

  #unavailable(): FoundKeys {
    // Reports the fault here too, because the keys may become too old a minute before the next fetch would report it.
    if (this.#lastError !== undefined && !this.#isClosed()) this.#report(this.#lastError)
    const seconds = Math.ceil((this.#nextTryAt - this.#now()) / 1000)
    const retryAfterSeconds = this.#running === undefined ? Math.max(1, seconds) : 1
    return { outcome: 'unavailable', retryAfterSeconds }
  }

  /** Fetches the keys. Resolves to true if the fetch succeeded within the longest time that a request waits for it. */
  async #isFetchedInTime(): Promise<boolean> {
    const fetched = this.#fetch().then(() => this.#failures === 0 && !this.#isClosed())
    const late = Promise.withResolvers<boolean>()
    const cancel = this.#parts.timers.after(LONGEST_WAIT_MS, () => {
      late.resolve(false)
    })
    try {
      return await Promise.race([fetched, late.promise])
    } finally {
      cancel()
    }
  }

  /** Starts a fetch, or returns the promise of the running fetch. Never rejects. */
  #fetch(): Promise<void> {
    if (this.#isClosed()) return Promise.resolve()
    this.#running ??= this.#fetchOnce()
    return this.#running
  }

  async #fetchOnce(): Promise<void> {
    this.#cancelTimer()
    const { network, networks, timers, events } = this.#parts
    const { location, tlsCa } = this.#settings
    const fetched = await fetchKeys(location, { network, networks, timers, tlsCa, ended: this.#closed.signal })
    this.#running = undefined
    if (this.#isClosed()) return
    if (fetched.ok) this.#take(fetched.value)
    else this.#failed(fetched.refusal)
    events.fetched(fetched.ok ? 'good' : fetched.refusal)
  }

  #take({ keys, freshSeconds }: FetchedSet): void {
    const { clock, events } = this.#parts
    // A key that is missing in the answer is no longer published, so the server drops the key at once.
    const usable = readKeySet(keys, this.#settings, this.#good?.keys ?? [])
    this.#good = { at: this.#now(), fetchedAt: clock.now(), freshSeconds, keys: usable }
    this.#failures = 0
    this.#lastError = undefined
    this.#nextTryAt = this.#now() + ASKED_MS
    this.#refreshIn(freshSeconds * 1000 * REFRESH_AT)
    if (this.#reported !== 'good') events.recovered()
    this.#reported = 'good'
  }

  #failed(fault: KeySourceFault): void {
    const backOff = Math.min(1000 * 2 ** this.#failures, LONGEST_BACK_OFF_MS)
    this.#failures += 1
    this.#lastError = fault
    this.#nextTryAt = this.#now() + backOff
    this.#refreshIn(backOff)
    this.#report(fault)
  }

  /** Reports a fault at most twice: once that the fetches fail, and once that the keys in memory are too old. */
  #report(fault: KeySourceFault): void {
    const { events } = this.#parts
    const secondsLeft = Math.floor(this.#secondsLeft())
    const reported = this.#isUsable() ? 'stale' : 'unavailable'
    if (reported === 'stale' && this.#reported === 'good') events.stale(fault, secondsLeft)
    if (reported === 'unavailable' && this.#reported !== 'unavailable') events.unavailable(fault)
    this.#reported = reported
  }

  #refreshIn(milliseconds: number): void {
    this.#cancelTimer()
    this.#cancelTimer = this.#parts.timers.after(milliseconds, () => {
      const isInUse = this.#now() - this.#usedAt < IN_USE_MS
      if (isInUse || this.#settings.requests === 'never_wait') void this.#fetch()
    })
  }
}

const UNKNOWN: FoundKeys = { outcome: 'unknown_key' }
