// The port for reports on recent activity: issued tokens, refusals and contention.
import type { Scope } from '@latchkey/protocol'
import type { Contention, SeenSource } from '../domain/contention.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface Counts {
  /** The number of new tokens. */
  readonly issued: number
  /**
   * The number of requests that got the token of another request: of an overlapping request, or of an earlier request.
   */
  readonly shared: number
  /** The number of requests that got the live token again (stable mode). */
  readonly reused: number
  /** The number of live tokens that were replaced by a newer token. */
  readonly superseded: number
  /** The number of live tokens that were replaced by a newer token in the first half of their lifetime. */
  readonly supersededEarly: number
  /** The number of refusals at the token, introspection and revocation endpoints, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** The number of refusals at the verify endpoint, by reason. */
  readonly denied: Readonly<Record<string, number>>
}

export interface Interval extends Counts {
  /** The beginning of the interval. */
  readonly at: EpochSeconds
}

/** Counts for intervals of the last hour and the last day. The first and the last interval may be incomplete. */
export interface Measured<I extends Interval> {
  /** The time at which measuring began. */
  readonly since: EpochSeconds
  /** The minutes of the last hour that have measurements, the oldest first. */
  readonly minutes: readonly I[]
  /** The half hours of the last 24 hours that have measurements, the oldest first. */
  readonly halfHours: readonly I[]
}

/** Percentiles of latencies, in milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface ServerInterval extends Interval {
  /** The number of tokens that the verify endpoint accepted. */
  readonly accepted: number
  /** The latency of token requests that got a token. Undefined if no request got a token. */
  readonly tokenLatency: Latency | undefined
}

/**
 * The counts of one client for each of the last 24 hours. The lists have the same length. They begin with the oldest
 * hour and end with the present hour.
 */
export interface HourlyCounts {
  /** When measuring began. The counts of that hour are incomplete, and earlier hours are missing. */
  readonly since: EpochSeconds
  /** The beginning of the first hour in the lists. */
  readonly from: EpochSeconds
  readonly issued: readonly number[]
  /** The number of requests that the token, introspection and revocation endpoints refused. */
  readonly refused: readonly number[]
  /** The number of tokens that the verify endpoint refused. */
  readonly denied: readonly number[]
}

export interface ContendedSlot extends Contention {
  readonly clientId: string
  readonly scope: Scope
  /** At most 8 callers (for example, by address and credential), the most recently seen first. */
  readonly sources: readonly SeenSource[]
}

/**
 * What a server knows about the earlier runs of all servers on its store. A run lasts from a start to the next stop.
 */
export interface EarlierRun {
  /** When the present run of the server began. */
  readonly restartedAt: EpochSeconds
  /**
   * Up to one minute of counts before this time may be missing, because an earlier run ended without its last write.
   * Undefined if no counts are missing.
   */
  readonly incompleteBefore: EpochSeconds | undefined
}

export interface ServerReport {
  /** The activity of all servers on the store. */
  readonly activity: Measured<ServerInterval>
  /**
   * As many minutes as `activity` has, directly before its first minute. Undefined if a part of that time was not
   * measured. `halfHoursBefore` is the same for the half hours.
   */
  readonly minutesBefore: readonly Counts[] | undefined
  readonly halfHoursBefore: readonly Counts[] | undefined
  readonly contended: readonly ContendedSlot[]
  /** What the server knows about earlier runs. Undefined if the present run is the first. */
  readonly earlier: EarlierRun | undefined
}

export interface IntegrationReport {
  /** The activity in the present run of this server only. */
  readonly activity: Measured<Interval>
  readonly contended: readonly ContendedSlot[]
  /** What the server knows about earlier runs. Undefined if the present run is the first. */
  readonly earlier: EarlierRun | undefined
}

/** The client IDs whose requests need the attention of an operator, from the counts in the memory of this process. */
export interface TroubledClients {
  /** The time at which measuring began. */
  readonly since: EpochSeconds
  readonly contended: ReadonlySet<string>
  readonly refusalsRising: ReadonlySet<string>
}

export interface ActivityReports {
  server(): ServerReport
  /** Returns the report on one client. All counts are 0 for a client that made no request. */
  integration(clientId: string): IntegrationReport
  hours(clientId: string): HourlyCounts
  /** Returns the clients that need attention. The result may be up to one second old. */
  troubled(): TroubledClients
}
