// The last live events in memory. Sends each event to all subscribers, and keeps it for subscribers that reconnect.
import type { Scope } from '@latchkey/protocol'
import type { Changing } from '../domain/contention.ts'
import type { AnsweredTokenRequest } from '../ports/activity.ts'
import type { Clock } from '../ports/clock.ts'
import type { Happening, IssuanceHappened, LiveEvent, LiveEvents, Subscription } from '../ports/live-events.ts'

/** A record of the event buffer. Later events reuse it. */
interface Entry {
  number: number
  /** The data of the event if it is an issuance (`other` is undefined). Later issuances change this object in place. */
  readonly issuance: Changing<IssuanceHappened>
  other: Happening | undefined
  /** The event in the form that subscribers get. It is made when the first subscriber needs it. */
  event: LiveEvent | undefined
}

interface Subscriber {
  readonly listener: (event: LiveEvent) => void
  /**
   * When the subscriber fell behind, in milliseconds of the monotonic clock. Undefined if the subscriber has received
   * all events.
   */
  behindSince: number | undefined
}

export class EventLog implements LiveEvents {
  readonly #clock: Clock
  readonly #most: number
  /**
   * The part of each event id that identifies this run of the server, so that ids of earlier runs are recognized as
   * unknown.
   */
  readonly #run: string
  /** At most `#most` records. The event with the number 1 has the index 0. */
  readonly #buffer: Entry[] = []
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

  /**
   * The number of seconds for which the slowest subscriber has lacked events. 0 if all subscribers have received all
   * events.
   */
  get lagSeconds(): number {
    const now = this.#clock.monotonic()
    return Math.max(0, ...[...this.#subscribers].map(({ behindSince = now }) => (now - behindSince) / 1000))
  }

  publish(happening: Happening): void {
    const entry = this.#nextEntry()
    entry.other = happening
    this.#tell(entry)
  }

  /**
   * Publishes the event of an answered token request. Copies only strings and numbers, so that no reference to the text
   * of the token stays in memory.
   */
  publishIssuance(
    { clientId, scope, issued, requester, subject }: AnsweredTokenRequest,
    kind: IssuanceHappened['kind'],
    at: IssuanceHappened['at'],
    userAgent: string,
  ): void {
    const entry = this.#nextEntry()
    const { issuance } = entry
    issuance.at = at
    issuance.clientId = clientId
    issuance.scope = scope
    issuance.generation = issued.token.generation
    issuance.jti = issued.token.jti
    issuance.kind = kind
    issuance.superseded = kind === 'issued' ? issued.superseded?.jti : undefined
    issuance.address = requester.address
    issuance.userAgent = userAgent
    issuance.subject = subject
    this.#tell(entry)
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

  after(id: string): readonly LiveEvent[] | undefined {
    const [, run, number] = /^([^-]+)-([0-9]{1,15})$/.exec(id) ?? []
    if (run !== this.#run) return undefined
    const missed = this.#next - 1 - Number(number)
    if (missed < 0 || missed > this.#buffer.length) return undefined
    return Array.from({ length: missed }, (_, n) => this.#eventOf(this.#entryOf(this.#next - missed + n)))
  }

  #tell(entry: Entry): void {
    if (this.#subscribers.size === 0) return
    const event = this.#eventOf(entry)
    for (const { listener } of this.#subscribers) listener(event)
  }

  /** Returns the record for the next event, which still has the content of an old event. */
  #nextEntry(): Entry {
    const number = this.#next++
    const entry = this.#entryOf(number)
    entry.number = number
    entry.other = undefined
    entry.event = undefined
    return entry
  }

  #entryOf(number: number): Entry {
    return (this.#buffer[(number - 1) % this.#most] ??= anEntry())
  }

  #eventOf(entry: Entry): LiveEvent {
    const { number, issuance, other } = entry
    return (entry.event ??= { id: this.#idOf(number), happening: other ?? { ...issuance } })
  }

  #idOf(number: number): string {
    return `${this.#run}-${String(number)}`
  }
}

const anEntry = (): Entry => ({
  number: 0,
  issuance: {
    ...{ name: 'issuance', at: 0, clientId: '', scope: '' as Scope, generation: 0, jti: '', kind: 'issued' },
    ...{ superseded: undefined, address: '', userAgent: '', subject: undefined },
  },
  other: undefined,
  event: undefined,
})
