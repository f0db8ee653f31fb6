// The lease of a replica: for at most two seconds after a heartbeat, the replica knows that the database server that
// committed the heartbeat is the primary.
import type { Clock, ClockReading } from '../../ports/clock.ts'
import type { Heartbeat } from './answers.ts'
import { LookAlike } from './look-alikes.ts'
import type { PostgresDisk } from './postgres-disk.ts'

/**
 * The duration of a lease in milliseconds. An old primary cannot commit a heartbeat without its standby, so replicas
 * stop using its answers after this time.
 */
export const LEASE_MS = 2000
const HEARTBEAT_EVERY_MS = 500
const RETRY_MS = 50
/** For each unsafe setting of the database server, the message that says why Latchkey does not use the server. */
const UNSAFE_SETTINGS: Readonly<Record<NonNullable<Heartbeat['hindrance']>, string>> = {
  fsync: 'PostgreSQL runs with fsync = off, so acknowledged commits may be lost. Set fsync = on and restart it.',
  no_standby:
    'LATCHKEY_DATABASE_FAILOVER is synchronous, and PostgreSQL waits for no standby: synchronous_standby_names is empty. Name the standby in that setting, or set LATCHKEY_DATABASE_FAILOVER to asynchronous.',
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
  /** Called twice a second with the issuers of other running replicas that differ from the issuer of this replica. */
  readonly onOtherIssuers?: (others: readonly string[]) => void
}

/**
 * A reading of both clocks. Neither clock alone is sufficient: the monotonic clock stops while the machine sleeps, and
 * the wall clock may be set back.
 */
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
  /** The database server of the last lease. */
  #server: Pick<Held, 'place' | 'started'> | undefined
  #underWay: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #lastHeartbeat = moment()
  /**
   * Called with the reason when heartbeats begin to fail, and once more if the new primary only looks like
   * PostgreSQL. The store sets this function.
   */
  onAway: (cause: unknown) => void = () => undefined
  /** Called when a heartbeat succeeds again. The store sets this function. */
  onBack: () => void = () => undefined
  #isAwayReported = false
  #isLookAlikeReported = false
  #watch: HeartbeatWatch | undefined
  /**
   * The unrecorded location at which heartbeats have found the store, and the time of the first such heartbeat.
   * Undefined if heartbeats find the store at the recorded location.
   */
  #elsewhere: { readonly place: string; readonly noticedAt: Moment } | undefined

  constructor(disk: PostgresDisk) {
    this.#disk = disk
  }

  /** Calls the functions of `watch` with the results of each heartbeat, from the next heartbeat on. */
  watch(watch: HeartbeatWatch): void {
    this.#watch = watch
  }

  /** Tells the other replicas the issuer of this replica. Resolves when a heartbeat with the issuer is committed. */
  async announce(issuer: string): Promise<void> {
    this.#disk.issuer = issuer
    await this.renew()
  }

  /**
   * Returns true if the lease is valid and belongs to the database server that answered a read. Only then may the
   * result of the read be used.
   */
  covers({ place, started }: Pick<Held, 'place' | 'started'>): boolean {
    const held = this.#held
    return held?.place === place && held.started === started && since(held.begunAt) < LEASE_MS
  }

  /** Resolves when this replica has a lease. If the location of the store is not recorded, first records it. */
  async begin(): Promise<void> {
    for (let attempts = 0; this.#held === undefined; attempts++) {
      if (attempts > 1) await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
      await this.renew()
    }
  }

  /** True if the last successful heartbeat is so old that requests no longer wait for the database. */
  get isAway(): boolean {
    return since(this.#lastHeartbeat) > this.#disk.deadlines.away
  }

  /**
   * Resolves to true if the caller may use a result that this database server has just returned. If the lease has
   * ended, first waits for a new heartbeat.
   */
  async proves(seen: Pick<Held, 'place' | 'started'>): Promise<boolean> {
    if (this.covers(seen)) return true
    await this.renew()
    if (this.covers(seen)) return true
    // The lease belongs to a database server other than the one that answered the read.
    if (this.#held !== undefined) this.#disk.leaveOldPrimary()
    return false
  }

  /** Resolves when a heartbeat that began after this call is committed. */
  async renew(): Promise<void> {
    // A heartbeat in flight began before this call, so it does not count.
    await this.#underWay?.catch(() => undefined)
    await (this.#underWay ??= this.#commitHeartbeat().finally(() => {
      this.#underWay = undefined
    }))
  }

  /** Resolves when the recorded database server accepts writes again. Never resolves after `close`. */
  async recovered(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
      if (this.#closed) return new Promise<never>(() => undefined)
      try {
        await this.renew()
        if (this.#held !== undefined && this.covers(this.#held)) return
      } catch {
        // The database server does not accept writes yet, so the loop tries again.
      }
    }
  }

  /** Begins to commit heartbeats regularly, until `close` is called. */
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
    const isLookAlike = cause instanceof Error && cause.cause instanceof LookAlike
    const isNews = isAway !== this.#isAwayReported || (isLookAlike && !this.#isLookAlikeReported)
    if (!isNews || this.#closed) return
    this.#isAwayReported = isAway
    this.#isLookAlikeReported = isLookAlike
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
    // Keeps connections that already lead to the new server, so that their commits in flight get an answer.
    if (isOtherServer) this.#disk.leaveOldPrimary(started)
  }

  /**
   * Handles a heartbeat that found the store on a different timeline or cluster. No replica answers requests until all
   * leases on the earlier server have ended. Then the first replica records the new location.
   */
  async #foundElsewhere({ place, recorded }: Heartbeat): Promise<void> {
    this.#held = undefined
    if (this.#elsewhere?.place !== place) this.#elsewhere = { place, noticedAt: moment() }
    const isNew = recorded === ''
    if (!isNew && performance.now() - this.#elsewhere.noticedAt.monotonic < LEASE_MS) return
    // The start has already checked the server of a new store.
    if (!isNew) await this.#disk.refuseLookAlikes()
    await this.#disk.moveStore(recorded, Date.now() * 1000)
  }
}
