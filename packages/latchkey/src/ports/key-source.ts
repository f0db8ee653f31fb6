// The port for the public keys of one source: a trusted issuer, or the `jwks_uri` of an integration.
import type { PublicJwk } from '../domain/credential.ts'
import type { KeySourceFault } from '../domain/key-source-fault.ts'
import type { EpochSeconds } from '../domain/slot.ts'

/** A public key that a source publishes and that may verify assertions. */
export interface PublishedKey {
  /** Undefined if the source publishes the key without an ID. */
  readonly kid: string | undefined
  /** The algorithms that the key may verify: its own `alg`, or those of the source that fit its type. Never empty. */
  readonly algorithms: readonly string[]
  /** The same object for as long as the source publishes the same key, so a cache may use it as its key. */
  readonly jwk: PublicJwk
}

/** Which key the header of an assertion asks for. */
export interface KeyQuery {
  /** The key ID in the header. Undefined if the header has none. */
  readonly kid: string | undefined
  readonly alg: string
}

export type FoundKeys =
  /** One or two keys. Two only if they have the same `kid`, or if the header has no `kid`. */
  | { readonly outcome: 'found'; readonly keys: readonly PublishedKey[] }
  /** The source was asked and publishes no such key, or more than two keys fit. */
  | { readonly outcome: 'unknown_key' }
  /** The server cannot tell, because the source does not answer. */
  | { readonly outcome: 'unavailable'; readonly retryAfterSeconds: number }

/** What this process knows of a source. */
export interface KeySourceState {
  /** When the keys in memory were fetched. Undefined if none were, and for keys that are never fetched. */
  readonly fetchedAt: EpochSeconds | undefined
  /** Until when the keys are used without a question to the source. */
  readonly freshUntil: EpochSeconds | undefined
  /** Why the last fetch failed. Undefined if it did not. */
  readonly lastError: KeySourceFault | undefined
  /** The IDs of the usable keys in memory. A key without an ID is left out. */
  readonly kids: readonly string[]
}

/** The keys of one source, in the memory of this process. */
export interface KeySource {
  /**
   * Finds the keys for an assertion. May wait up to 3 s for one fetch, which all waiting callers share. Never rejects.
   */
  find(query: KeyQuery): Promise<FoundKeys>
  /** Fetches the keys now, or waits for the fetch that is under way. Returns the state after it. Never rejects. */
  refresh(): Promise<KeySourceState>
  state(): KeySourceState
  /** Ends the fetch that is under way and all later ones. Callers that wait get `unavailable`. */
  close(): void
}

/** What a source reports. Metrics and the log follow these calls. */
export interface KeySourceEvents {
  /** A fetch ended. */
  fetched(result: 'good' | KeySourceFault): void
  /** The first fetch after a good one failed. The keys in memory stay in use for so many seconds. */
  stale(fault: KeySourceFault, secondsLeft: number): void
  /** A fetch failed, and there are no keys to use. Called once until a fetch succeeds. */
  unavailable(fault: KeySourceFault): void
  /** A fetch succeeded after `stale` or `unavailable`. */
  recovered(): void
}
