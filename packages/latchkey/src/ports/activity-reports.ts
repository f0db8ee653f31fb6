// The port for reports on the server's own work, as far back as its memory goes.
import type { Scope } from '@latchkey/protocol'
import type { Contention, SeenSource } from '../domain/contention.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface Counts {
  /** New tokens. */
  readonly issued: number
  /** Requests that got the token of another, overlapping request. */
  readonly shared: number
  /** Requests that got the live token again (stable mode). */
  readonly reused: number
  /** Live tokens that a newer token ended. */
  readonly superseded: number
  /** Live tokens that a newer token ended before half of their life was over. */
  readonly supersededEarly: number
  /** Refusals by reason, at the token, introspection and revocation endpoints. */
  readonly refused: Readonly<Record<string, number>>
  /** Refusals by reason, at the verify endpoint. */
  readonly denied: Readonly<Record<string, number>>
}

export interface Interval extends Counts {
  /** When it begins. */
  readonly at: EpochSeconds
}

/** The first and the last interval may be measured only in part. */
export interface Measured<I extends Interval> {
  /** When measuring began. */
  readonly since: EpochSeconds
  /** The measured minutes of the last 60, the oldest first. */
  readonly minutes: readonly I[]
  /** The half hours of the last 24 hours that have measurements, the oldest first. */
  readonly halfHours: readonly I[]
}

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface ServerInterval extends Interval {
  /** Verifications that were accepted. */
  readonly accepted: number
  /** Of token requests that got a token. Undefined if there was none. */
  readonly tokenLatency: Latency | undefined
}

/** The last 24 hours of one client, hour by hour, the oldest first. The lists have equal length. The last hour is now. */
export interface HourlyCounts {
  /** When measuring began. The hour of this moment is incomplete, and earlier hours are missing. */
  readonly since: EpochSeconds
  /** The beginning of the first hour in the lists. */
  readonly from: EpochSeconds
  readonly issued: readonly number[]
  /** Requests that the token, introspection and revocation endpoints refused. */
  readonly refused: readonly number[]
  /** Tokens that the verify endpoint refused. */
  readonly denied: readonly number[]
}

export interface ContendedSlot extends Contention {
  readonly clientId: string
  readonly scope: Scope
  /** At most 8; the last seen first. */
  readonly sources: readonly SeenSource[]
}

/** What a server knows about the runs on its store before its own. */
export interface EarlierRun {
  /** When this run began. */
  readonly restartedAt: EpochSeconds
  /** Up to a minute of counts before this time may be missing, because a run ended without its last write. */
  readonly incompleteBefore: EpochSeconds | undefined
}

export interface ServerReport {
  /** Of all servers on the store. */
  readonly activity: Measured<ServerInterval>
  /** The intervals directly before those of the activity, as many. Undefined if not all of that time was measured. */
  readonly minutesBefore: readonly Counts[] | undefined
  readonly halfHoursBefore: readonly Counts[] | undefined
  readonly contended: readonly ContendedSlot[]
  /** Undefined if this is the first run. */
  readonly earlier: EarlierRun | undefined
}

export interface IntegrationReport {
  /** Of this run of this server. */
  readonly activity: Measured<Interval>
  readonly contended: readonly ContendedSlot[]
  /** Undefined if this is the first run. */
  readonly earlier: EarlierRun | undefined
}

/** The client IDs whose requests need attention, as far as the memory of this process knows. */
export interface TroubledClients {
  /** When measuring began. */
  readonly since: EpochSeconds
  readonly contended: ReadonlySet<string>
  readonly refusalsRising: ReadonlySet<string>
}

export interface ActivityReports {
  server(): ServerReport
  /** Reports on one client. For a client that made no request all counts are 0. */
  integration(clientId: string): IntegrationReport
  hours(clientId: string): HourlyCounts
  /** At most a second old. */
  troubled(): TroubledClients
}
