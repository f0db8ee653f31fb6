// The store as a whole: is it there, does it take writes, how is it closed.

/** The state is not known right now; the caller may simply ask again. Answered with 503, never with a verdict. */
export class StoreUnavailable extends Error {
  readonly code = 'store_unavailable'
  /** For `Retry-After` (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds: number

  constructor(message: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number }) {
    super(message, options)
    this.name = 'StoreUnavailable'
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 1
  }
}

/** A server that is about to stop says the same of itself while its store is as good as ever: that is no fault. */
export class ServerLeaving extends StoreUnavailable {}

export interface StoreHealth {
  /** Resolves when a write became durable just now. Throws `StoreUnavailable`. */
  proveWrite(): Promise<void>
  /**
   * Resolves when all that is in memory and decides is as new as this call; undefined where nobody else changes it.
   * Rejects with `StoreUnavailable`.
   */
  current(): Promise<void> | undefined
  /** Finishes what is queued, then closes the store cleanly. Calling it again waits for the same end. */
  close(): Promise<void>
}
