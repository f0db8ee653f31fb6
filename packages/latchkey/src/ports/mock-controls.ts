// What a mock can be told: its time, and what is to go wrong. No other server has any of it.
import type { EpochSeconds } from '../domain/slot.ts'

/** The clock of a mock. Both acts hold at once and for everything. */
export interface SteeredClock {
  now(): EpochSeconds
  /** Seconds that the wall clock is ahead of the machine's; negative when behind. */
  readonly offsetSeconds: number
  /** Time passes: tokens grow older, pauses and windows end. `seconds` is not negative. */
  advance(seconds: number): void
  /** Somebody sets the wall clock, forward or back; no time passes. */
  step(seconds: number): void
}

export type FaultyEndpoint = 'token' | 'introspect' | 'revoke' | 'verify' | 'keys' | 'metadata'

/**
 * `too_many_requests` and `unavailable`: the request is answered with 429 or 503 and not looked at. `slow`: it is done,
 * and answered later. `dropped`: it is done, and the connection ends in place of an answer.
 */
export type FaultKind =
  | { readonly kind: 'too_many_requests' | 'unavailable'; readonly retryAfterSeconds: number }
  | { readonly kind: 'slow'; readonly delayMilliseconds: number }
  | { readonly kind: 'dropped' }

export type Fault = FaultKind & { readonly endpoint: FaultyEndpoint }

/** A fault and how many more requests it is for. */
export type PlannedFault = Fault & { readonly times: number }

export interface Faults {
  /** In the order in which they are used: the next request to an endpoint meets the oldest fault planned for it. */
  planned(): readonly PlannedFault[]
  plan(fault: PlannedFault): void
  /** Forgets all of them. */
  clear(): void
  /** The fault that the request at hand is to meet, used up by this. */
  take(endpoint: FaultyEndpoint): Fault | undefined
}

export interface MockControls {
  readonly clock: SteeredClock
  readonly faults: Faults
}
