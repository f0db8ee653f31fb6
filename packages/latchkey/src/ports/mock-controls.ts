// The ports that only a mock server has: a test sets its clock, makes requests fail, and gets the tokens of platforms.
import type { EpochSeconds } from '../domain/slot.ts'
import type { Platform, TrustedIssuer } from '../domain/trusted-issuer.ts'
import type { KeySource } from './key-source.ts'

/** The clock of a mock. `advance` and `step` take effect at once, for the whole server. */
export interface SteeredClock {
  now(): EpochSeconds
  /** How many seconds the mock's wall clock is ahead of the machine's. Negative if it is behind. */
  readonly offsetSeconds: number
  /** Lets time pass: tokens grow older, and pauses and time windows end. `seconds` is not negative. */
  advance(seconds: number): void
  /** Sets the wall clock forward or back, while no time passes. */
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

/** A fault, and the number of requests that it will still affect. */
export type PlannedFault = Fault & { readonly times: number }

export interface Faults {
  /**
   * Returns the faults in the order of their use. The next request to an endpoint gets the oldest fault that is planned
   * for that endpoint.
   */
  planned(): readonly PlannedFault[]
  plan(fault: PlannedFault): void
  /** Cancels all planned faults. */
  clear(): void
  /** Returns the fault for the present request, and removes it from the plan. Undefined if none is planned. */
  take(endpoint: FaultyEndpoint): Fault | undefined
}

/**
 * `expired`: the assertion has expired. `audience`: it is for another server. `signature`: one bit of its signature is
 * wrong. `kid`: its header names a key that the issuer does not publish.
 */
export const ASSERTION_FAULTS = ['expired', 'audience', 'signature', 'kid'] as const

export interface DesiredAssertion {
  readonly platform: Platform
  readonly audience: string
  /** Take the place of the platform's own claims. Null takes a claim away. */
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
  /** Returns the keys of a trusted issuer, in place of those that a server would fetch. */
  keySource(issuer: TrustedIssuer): KeySource
}

export interface MockControls {
  readonly issuer: MockIssuer
  readonly clock: SteeredClock
  readonly faults: Faults
}
