// The last events in memory, handed to whoever watches and kept for those whose connection broke off.
import type { Clock } from '../ports/clock.ts'
import type { Happening, LiveEvent, LiveEvents, Subscription } from '../ports/live-events.ts'

interface Subscriber {
  readonly listener: (event: LiveEvent) => void
  /** Monotonic milliseconds; undefined when it has all that it was sent. */
  behindSince: number | undefined
}

export class EventLog implements LiveEvents {
  readonly #clock: Clock
  readonly #most: number
  /** Which run of the server an id is of: after a start nothing of the run before is known. */
  readonly #run: string
  /** The oldest first. */
  readonly #events: LiveEvent[] = []
  #next = 1
  readonly #subscribers = new Set<Subscriber>()

  constructor(run: string, most: number, clock: Clock) {
    this.#run = run
    this.#most = most
    this.#clock = clock
  }

  get subscribers(): number {
    return this.#subscribers.size
  }

  get lastId(): string {
    return this.#idOf(this.#next - 1)
  }

  /** For how many seconds the slowest subscriber has not taken all that it was sent. */
  get lagSeconds(): number {
    const now = this.#clock.monotonic()
    return Math.max(0, ...[...this.#subscribers].map(({ behindSince = now }) => (now - behindSince) / 1000))
  }

  publish(happening: Happening): void {
    const event: LiveEvent = { id: this.#idOf(this.#next++), happening }
    this.#events.push(event)
    // Up to twice the number, then half of them at once: an array that is moved for each event costs more.
    if (this.#events.length >= 2 * this.#most) this.#events.splice(0, this.#events.length - this.#most)
    for (const { listener } of this.#subscribers) listener(event)
  }

  subscribe(listener: (event: LiveEvent) => void): Subscription {
    const subscriber: Subscriber = { listener, behindSince: undefined }
    this.#subscribers.add(subscriber)
    return {
      fellBehind: () => {
        subscriber.behindSince ??= this.#clock.monotonic()
      },
      caughtUp: () => {
        subscriber.behindSince = undefined
      },
      end: () => {
        this.#subscribers.delete(subscriber)
      },
    }
  }

  #idOf(number: number): string {
    return `${this.#run}-${String(number)}`
  }

  after(id: string): readonly LiveEvent[] | undefined {
    const [, run, number] = /^([^-]+)-([0-9]{1,15})$/.exec(id) ?? []
    if (run !== this.#run) return undefined
    const missed = this.#next - 1 - Number(number)
    if (missed < 0 || missed > Math.min(this.#events.length, this.#most)) return undefined
    return missed === 0 ? [] : this.#events.slice(-missed)
  }
}
