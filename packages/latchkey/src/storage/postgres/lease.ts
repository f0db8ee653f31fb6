// The lease: a proof of at most two seconds that the server that was read from is the primary of the store.
import type { Clock, ClockReading } from '../../ports/clock.ts'
import type { Heartbeat } from './answers.ts'
import type { PostgresDisk } from './postgres-disk.ts'

/** An old primary cannot renew the lease without its standby, so its reads stop counting after this time. */
export const LEASE_MS = 2000
const HEARTBEAT_EVERY_MS = 500
const RETRY_MS = 50
/** Why this server can neither be read from nor written to. */
const UNSAFE_SETTINGS: Readonly<Record<NonNullable<Heartbeat['hindrance']>, string>> = {
  fsync: 'PostgreSQL runs with fsync = off, so acknowledged commits may be lost. Set fsync = on and restart it.',
  no_standby:
    'LATCHKEY_DATABASE_FAILOVER is synchronous, and PostgreSQL waits for no standby: synchronous_standby_names is empty. Name the standby there, or declare asynchronous.',
}

const MOVING =
  'PostgreSQL answers as a different server than before. Latchkey waits until the new store location is recorded.'

interface Held {
  readonly place: string
  readonly started: string
  readonly begunAt: Moment
}

export interface HeartbeatWatch {
  readonly clock: Clock
  /** Called twice a second with a reading of the database's clock. */
  readonly onDatabaseTime?: (reading: ClockReading) => void
  /** Called twice a second with the issuers of other running servers that differ from this server's issuer. */
  readonly onOtherIssuers?: (others: readonly string[]) => void
}

/** A reading of both clocks. The monotonic clock stops while the machine sleeps; the wall clock may be set. */
interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export const moment = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/** Returns the milliseconds since the reading, by the clock that has advanced further. */
export const since = (before: Moment): number =>
  Math.max(performance.now() - before.monotonic, Date.now() - before.wall)

export class Lease {
  readonly #disk: PostgresDisk
  #held: Held | undefined
  /** The server of the last lease. */
  #server: Pick<Held, 'place' | 'started'> | undefined
  #underWay: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #lastHeartbeat = moment()
  /** Called with the reason when heartbeats begin to fail. Set by the store. */
  onAway: (cause: unknown) => void = () => undefined
  /** Called after the first heartbeat that succeeds again. */
  onBack: () => void = () => undefined
  #isAwayReported = false
  #watch: HeartbeatWatch | undefined
  /** The unrecorded location at which a heartbeat found the store, and the time of the first such heartbeat. */
  #elsewhere: { readonly place: string; readonly noticedAt: Moment } | undefined

  constructor(disk: PostgresDisk) {
    this.#disk = disk
  }

  /** Passes the other results of each heartbeat to `watch`, from the next heartbeat on. */
  watch(watch: HeartbeatWatch): void {
    this.#watch = watch
  }

  /** Tells the other replicas this server's issuer. Resolves once a heartbeat with it was committed. */
  async announce(issuer: string): Promise<void> {
    this.#disk.issuer = issuer
    await this.renew()
  }

  /**
   * True if the lease is valid and belongs to the database server from which a read came. Only then may the result be
   * used.
   */
  covers({ place, started }: Pick<Held, 'place' | 'started'>): boolean {
    const held = this.#held
    return held?.place === place && held.started === started && since(held.begunAt) < LEASE_MS
  }

  /** Resolves once there is a lease. A store at an unrecorded location is recorded first. */
  async begin(): Promise<void> {
    for (let attempts = 0; this.#held === undefined; attempts++) {
      if (attempts > 1) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      await this.renew()
    }
  }

  /** True if no heartbeat has succeeded for so long that requests no longer wait for the next one. */
  get isAway(): boolean {
    return since(this.#lastHeartbeat) > this.#disk.deadlines.away
  }

  /**
   * Resolves to true if a result that this server just returned may be used. If the lease has ended, waits for a new
   * heartbeat.
   */
  async proves(seen: Pick<Held, 'place' | 'started'>): Promise<boolean> {
    if (this.covers(seen)) return true
    await this.renew()
    if (this.covers(seen)) return true
    // The lease is on a different server than the one that answered.
    if (this.#held !== undefined) this.#disk.leaveOldPrimary()
    return false
  }

  /** Resolves once a heartbeat that began after this call was committed. */
  async renew(): Promise<void> {
    // A heartbeat in flight began earlier.
    await this.#underWay?.catch(() => undefined)
    await (this.#underWay ??= this.#commitHeartbeat().finally(() => {
      this.#underWay = undefined
    }))
  }

  /** Resolves once the recorded server accepts writes again. Never resolves after `close`. */
  async recovered(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
      if (this.#closed) return new Promise<never>(() => undefined)
      try {
        await this.renew()
        if (this.#held !== undefined && this.covers(this.#held)) return
      } catch {
        // The server does not accept writes yet, so the loop tries again.
      }
    }
  }

  /** Commits heartbeats until `close`. */
  keep(): void {
    this.#timer = setTimeout(() => {
      void this.renew()
        .then(
          () => {
            this.#report(this.#held === undefined ? new Error(MOVING) : undefined)
          },
          (cause: unknown) => {
            this.#report(new Error('a heartbeat to PostgreSQL failed', { cause }))
          },
        )
        .then(() => {
          if (!this.#closed) this.keep()
        })
    }, HEARTBEAT_EVERY_MS).unref()
  }

  #report(cause: unknown): void {
    const isAway = cause !== undefined
    if (isAway === this.#isAwayReported || this.#closed) return
    this.#isAwayReported = isAway
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
    const isOtherServer =
      this.#server !== undefined && (this.#server.place !== place || this.#server.started !== started)
    this.#held = { place, started, begunAt }
    this.#lastHeartbeat = begunAt
    this.#server = { place, started }
    // A connection that already leads to the new server is kept, with its commit in flight.
    if (isOtherServer) this.#disk.leaveOldPrimary(started)
  }

  /**
   * The store is on another timeline or cluster. No replica answers until all leases on the earlier server have ended.
   * Then the first replica records the new location.
   */
  async #foundElsewhere({ place, recorded }: Heartbeat): Promise<void> {
    this.#held = undefined
    if (this.#elsewhere?.place !== place) this.#elsewhere = { place, noticedAt: moment() }
    const isNew = recorded === ''
    if (!isNew && performance.now() - this.#elsewhere.noticedAt.monotonic < LEASE_MS) return
    await this.#disk.moveStore(recorded, Date.now() * 1000)
  }
}
