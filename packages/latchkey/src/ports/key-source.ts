// The port for a key source: the place from which the server gets the public keys of a trusted issuer.
import type { PublicJwk } from '../domain/credential.ts'
import type { KeySourceFault } from '../domain/key-source-fault.ts'
import type { EpochSeconds } from '../domain/slot.ts'

/** A public key that a source publishes and that may verify assertions. */
export interface PublishedKey {
  /** The key ID. Undefined if the source publishes the key without a key ID. */
  readonly kid: string | undefined
  /**
   * The algorithms that the key may verify: only its `alg`, or (if it has no `alg`) all algorithms of the source that
   * fit the type of the key. Never empty.
   */
  readonly algorithms: readonly string[]
  /**
   * The public key. It stays the same object while the source publishes the key, so that a cache can compare keys by
   * identity.
   */
  readonly jwk: PublicJwk
}

/** The key that the header of an assertion names. */
export interface KeyQuery {
  /** The key ID in the header. Undefined if the header has no `kid`. */
  readonly kid: string | undefined
  readonly alg: string
}

export type FoundKeys =
  /**
   * One or two keys were found. Two keys are possible only if both have the same `kid`, or if the header has no `kid`.
   */
  | { readonly outcome: 'found'; readonly keys: readonly PublishedKey[] }
  /** The source publishes no such key, or more than two keys fit. */
  | { readonly outcome: 'unknown_key' }
  /** The server cannot tell whether the source publishes the key, because the last fetch failed. */
  | { readonly outcome: 'unavailable'; readonly retryAfterSeconds: number }

/** The state of a key source in this process. */
export interface KeySourceState {
  /** When the keys in memory were fetched. Undefined if no fetch has succeeded yet, and for inline keys. */
  readonly fetchedAt: EpochSeconds | undefined
  /** Until when the keys are used without a new fetch. Undefined if `fetchedAt` is undefined. */
  readonly freshUntil: EpochSeconds | undefined
  /** Why the last fetch failed. Undefined if it succeeded. */
  readonly lastError: KeySourceFault | undefined
  /** The IDs of the usable keys in memory, except keys without an ID. */
  readonly kids: readonly string[]
}

/** The keys of one source, in the memory of this process. */
export interface KeySource {
  /**
   * Finds the keys for an assertion. May wait up to 3 s for a fetch. All waiting callers share one fetch. Never
   * rejects.
   */
  find(query: KeyQuery): Promise<FoundKeys>
  /**
   * Fetches the keys now, or waits for the fetch that is under way. Resolves with the state after the fetch. Never
   * rejects.
   */
  refresh(): Promise<KeySourceState>
  state(): KeySourceState
  /** Cancels the fetch that is under way, and prevents later fetches. Waiting callers get `unavailable`. */
  close(): void
}

/** Receives the events of a key source, for metrics and the log. */
export interface KeySourceEvents {
  /** A fetch ended. `result` is `good`, or the reason why it failed. */
  fetched(result: 'good' | KeySourceFault): void
  /** A fetch failed after a successful fetch. The keys in memory stay in use for `secondsLeft` more seconds. */
  stale(fault: KeySourceFault, secondsLeft: number): void
  /**
   * The last fetch failed, and the source has no usable keys in memory. Called at a fetch or at a request for a key. Not
   * called again until a fetch has succeeded.
   */
  unavailable(fault: KeySourceFault): void
  /** A fetch succeeded after a call of `stale` or `unavailable`. */
  recovered(): void
}
