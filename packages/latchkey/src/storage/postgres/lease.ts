// The write lease: proof, not older than two seconds, that the server we read from is the one whose commits count.
import type { Clock, ClockReading } from '../../ports/clock.ts'
import type { Heartbeat } from './answers.ts'
import type { PostgresDisk } from './postgres-disk.ts'

/**
 * A server that lost its standby, or was overtaken by it, can prove nothing from then on: its reads are over by then.
 */
export const LEASE_MS = 2000
const HEARTBEAT_EVERY_MS = 500
const RETRY_MS = 50
/** Why nothing counts that is read from this server, or written to it. */
const UNSAFE_SETTINGS: Readonly<Record<NonNullable<Heartbeat['hindrance']>, string>> = {
  fsync: 'PostgreSQL runs with fsync = off: what it acknowledges may be lost. Set fsync = on and restart it.',
  no_standby:
    'LATCHKEY_DATABASE_FAILOVER is synchronous, and PostgreSQL waits for no standby: synchronous_standby_names is empty. Name the standby there, or declare asynchronous.',
}

const MOVING = 'PostgreSQL answers as another server than before: nothing counts until that is on record'

interface Held {
  readonly place: string
  readonly started: string
  readonly begunAt: Moment
}

export interface HeartbeatWatch {
  readonly clock: Clock
  /** Told twice a second what the clock of the database says. */
  readonly onDatabaseTime?: (reading: ClockReading) => void
  /** Told as often which issuers other servers on the same store have, where they are not this one's. */
  readonly onOtherIssuers?: (others: readonly string[]) => void
}

/** Read from both clocks: one stands still while the machine sleeps, the other may be set. */
interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export const moment = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/** Milliseconds, the larger of both clocks. */
export const since = (before: Moment): number =>
  Math.max(performance.now() - before.monotonic, Date.now() - before.wall)

export class Lease {
  readonly #disk: PostgresDisk
  #held: Held | undefined
  /** The server that the last lease was on. */
  #server: Pick<Held, 'place' | 'started'> | undefined
  #underWay: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #lastHeartbeat = moment()
  /** Told why when beats begin to fail. Set by the store. */
  onAway: (cause: unknown) => void = () => undefined
  /** Told of the first beat after that which does not. */
  onBack: () => void = () => undefined
  #isTold = false
  #watch: HeartbeatWatch | undefined
  /** Since when the store has been found elsewhere than recorded, and where. */
  #elsewhere: { readonly place: string; readonly noticedAt: Moment } | undefined

  constructor(disk: PostgresDisk) {
    this.#disk = disk
  }

  /** Told from the next beat on what it says beside what the lease rests on. */
  watch(watch: HeartbeatWatch): void {
    this.#watch = watch
  }

  /** Resolves once the others can know that this one serves under this issuer, and this one which they have. */
  async announce(issuer: string): Promise<void> {
    this.#disk.issuer = issuer
    await this.renew()
  }

  /** Does what was just read from this server, started then, count? */
  covers({ place, started }: Pick<Held, 'place' | 'started'>): boolean {
    const held = this.#held
    return held?.place === place && held.started === started && since(held.begunAt) < LEASE_MS
  }

  /** Resolves once there is a lease: a store that is found elsewhere than recorded is recorded there first. */
  async begin(): Promise<void> {
    for (let attempts = 0; this.#held === undefined; attempts++) {
      if (attempts > 1) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      await this.renew()
    }
  }

  /** No beat has succeeded for long: no caller waits for the next one. */
  get isAway(): boolean {
    return since(this.#lastHeartbeat) > this.#disk.deadlines.away
  }

  /** Does what was just read from this server count, now or by a beat that begins now? */
  async proves(seen: Pick<Held, 'place' | 'started'>): Promise<boolean> {
    if (this.covers(seen)) return true
    await this.renew()
    if (this.covers(seen)) return true
    // The lease is on another server than the one that answers.
    if (this.#held !== undefined) this.#disk.leaveOldPrimary()
    return false
  }

  /** Resolves once a beat that began after this call was committed. */
  async renew(): Promise<void> {
    // The one under way began before.
    await this.#underWay?.catch(() => undefined)
    await (this.#underWay ??= this.#commitHeartbeat().finally(() => {
      this.#underWay = undefined
    }))
  }

  /** Resolves once the server can be written to and is the recorded one; never after the end. */
  async recovered(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
      if (this.#closed) return new Promise<never>(() => undefined)
      try {
        await this.renew()
        if (this.#held !== undefined && this.covers(this.#held)) return
      } catch {
        // Not yet.
      }
    }
  }

  /** Beats until it is closed. */
  keep(): void {
    this.#timer = setTimeout(() => {
      void this.renew()
        .then(
          () => {
            this.#tell(this.#held === undefined ? new Error(MOVING) : undefined)
          },
          (cause: unknown) => {
            this.#tell(cause)
          },
        )
        .then(() => {
          if (!this.#closed) this.keep()
        })
    }, HEARTBEAT_EVERY_MS).unref()
  }

  #tell(cause: unknown): void {
    const isAway = cause !== undefined
    if (isAway === this.#isTold || this.#closed) return
    this.#isTold = isAway
    if (isAway) this.onAway(cause)
    else this.onBack()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  async #commitHeartbeat(): Promise<void> {
    const begunAt = moment()
    const watch = this.#watch
    const askedAt = watch?.clock.now() ?? 0
    const heartbeat = await this.#disk.heartbeat()
    watch?.onDatabaseTime?.({ askedAt, answeredAt: watch.clock.now(), said: heartbeat.now })
    watch?.onOtherIssuers?.(heartbeat.others)
    if (heartbeat.place !== heartbeat.recorded) {
      await this.#foundElsewhere(heartbeat)
      return
    }
    this.#elsewhere = undefined
    if (heartbeat.hindrance !== null) {
      this.#held = undefined
      throw new Error(UNSAFE_SETTINGS[heartbeat.hindrance])
    }
    const { place, started } = heartbeat
    const isOtherServer = this.#server !== undefined && (this.#server.place !== place || this.#server.started !== started)
    this.#held = { place, started, begunAt }
    this.#lastHeartbeat = begunAt
    this.#server = { place, started }
    // What found the new server first stays there, with the commit that is under way on it.
    if (isOtherServer) this.#disk.leaveOldPrimary(started)
  }

  /**
   * Another timeline or another cluster. No replica answers until every lease on the earlier server is over; then
   * the first one records where the store is now.
   */
  async #foundElsewhere({ place, recorded }: Heartbeat): Promise<void> {
    this.#held = undefined
    if (this.#elsewhere?.place !== place) this.#elsewhere = { place, noticedAt: moment() }
    const isNew = recorded === ''
    if (!isNew && performance.now() - this.#elsewhere.noticedAt.monotonic < LEASE_MS) return
    await this.#disk.moveStore(recorded, Date.now() * 1000)
  }
}
