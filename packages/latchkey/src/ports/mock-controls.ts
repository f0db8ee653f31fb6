// The ports that only the mock server has. With them, a test sets the clock of the mock, makes requests fail, and gets
// assertions of platforms.
import type { EpochSeconds } from '../domain/slot.ts'
import type { Platform, TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { KeySource } from './key-source.ts'

/** The clock of a mock server. `advance` and `step` take effect at once. */
export interface SteeredClock {
  now(): EpochSeconds
  /**
   * The number of seconds by which the wall clock of the mock is ahead of the clock of the machine. Negative if the
   * mock's clock is behind.
   */
  readonly offsetSeconds: number
  /**
   * Moves the wall clock and the monotonic clock forward, as if the time had passed. `seconds` must not be negative.
   */
  advance(seconds: number): void
  /** Moves only the wall clock forward or back, like an operator who sets the clock of a machine. */
  step(seconds: number): void
}

export type FaultyEndpoint = 'token' | 'introspect' | 'revoke' | 'verify' | 'keys' | 'metadata'

/**
 * `too_many_requests` and `unavailable`: the mock answers 429 or 503 without handling the request. `slow`: the mock
 * handles the request and answers later. `dropped`: the mock handles the request and closes the connection without an
 * answer.
 */
export type FaultKind =
  | { readonly kind: 'too_many_requests' | 'unavailable'; readonly retryAfterSeconds: number }
  | { readonly kind: 'slow'; readonly delayMilliseconds: number }
  | { readonly kind: 'dropped' }

export type Fault = FaultKind & { readonly endpoint: FaultyEndpoint }

/** A fault, and the number of further requests that the fault will affect. */
export type PlannedFault = Fault & { readonly times: number }

export interface Faults {
  /**
   * Returns the faults in the order of their use. A request to an endpoint gets the oldest fault that is planned for
   * this endpoint.
   */
  planned(): readonly PlannedFault[]
  plan(fault: PlannedFault): void
  /** Removes all faults from the plan. */
  clear(): void
  /**
   * Returns the fault for the present request, and removes it from the plan. Undefined if no fault is planned for the
   * endpoint.
   */
  take(endpoint: FaultyEndpoint): Fault | undefined
}

/**
 * The faults that a test can request in an assertion. `expired`: the assertion has expired. `audience`: the assertion
 * has a wrong audience. `signature`: one bit of the signature is wrong. `kid`: the header names a key that the issuer
 * does not publish.
 */
export const ASSERTION_FAULTS = ['expired', 'audience', 'signature', 'kid'] as const

export interface DesiredAssertion {
  readonly platform: Platform
  readonly audience: string
  /** Claims that replace the default claims of the platform. Null removes a claim. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly fault: (typeof ASSERTION_FAULTS)[number] | undefined
}

export interface SignedAssertion {
  readonly assertion: string
  /** The public keys of the issuer, as JWKs. */
  readonly keys: readonly Readonly<Record<string, unknown>>[]
}

export interface MockIssuer {
  /** Signs the token that the platform would give to a workload. */
  sign(desired: DesiredAssertion): Promise<SignedAssertion>
  /** Returns a key source with the mock's own keys, so that the mock does not fetch keys over the network. */
  keySource(of: Pick<TrustedIssuer, 'platform' | 'algorithms'>): KeySource
}

export interface MockControls {
  readonly issuer: MockIssuer
  readonly clock: SteeredClock
  readonly faults: Faults
}
