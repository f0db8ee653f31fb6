// What the server can tell about its own work, for as far back as it remembers. Nothing is told of a time not measured.
import type { Scope } from '@latchkey/protocol'
import type { Contention, SeenSource } from '../domain/contention.ts'
import type { EpochSeconds } from '../domain/slot.ts'

export interface Counts {
  /** Tokens made. */
  readonly issued: number
  /** Further requests that were answered with a token made for another that overlapped. */
  readonly shared: number
  /** Requests that were handed the live token again (stable mode). */
  readonly reused: number
  /** Live tokens that a newer one put an end to. */
  readonly superseded: number
  /** By reason, at the token, introspection and revocation endpoints. */
  readonly refused: Readonly<Record<string, number>>
  /** By reason, at the verify endpoint. */
  readonly denied: Readonly<Record<string, number>>
}

export interface Interval extends Counts {
  /** When it begins. */
  readonly at: EpochSeconds
}

/** The first and the last interval may have been measured in part only. */
export interface Measured<I extends Interval> {
  /** When measuring began. */
  readonly since: EpochSeconds
  /** The last 60 minutes, as far as they were measured; the oldest first. */
  readonly minutes: readonly I[]
  /** The last 48 half hours, likewise. */
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
  /** Of token requests answered with a token; undefined when there was none. */
  readonly tokenLatency: Latency | undefined
}

export interface ContendedSlot extends Contention {
  readonly clientId: string
  readonly scope: Scope
  /** At most 8; the last seen first. */
  readonly sources: readonly SeenSource[]
}

export interface ServerReport {
  readonly activity: Measured<ServerInterval>
  readonly contended: readonly ContendedSlot[]
}

export interface IntegrationReport {
  readonly activity: Measured<Interval>
  readonly contended: readonly ContendedSlot[]
}

export interface ActivityReports {
  server(): ServerReport
  /** Of a client that exists: for one that was never seen it tells that nothing happened. */
  integration(clientId: string): IntegrationReport
}
