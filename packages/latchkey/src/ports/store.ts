// The port for the store as a whole: its health, its closing, and the error for a store that does not answer.

/**
 * Thrown if the server cannot read the store or does not know the outcome of a write. The caller gets a 503 answer and
 * can retry.
 */
export class StoreUnavailable extends Error {
  readonly code = 'store_unavailable'
  /** The value of `Retry-After` (RFC 9110 §10.2.3). */
  readonly retryAfterSeconds: number

  constructor(message: string, options?: ErrorOptions & { readonly retryAfterSeconds?: number }) {
    super(message, options)
    this.name = 'StoreUnavailable'
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 1
  }
}

/** Thrown if the server is draining. The store is healthy, so the error does not count as a failure of the store. */
export class ServerDraining extends StoreUnavailable {}

export interface StoreHealth {
  /** Resolves when a test write is durable. Throws `StoreUnavailable`. */
  proveWrite(): Promise<void>
  /**
   * Resolves when the state in memory contains all changes before this call. Returns undefined for a store with a
   * single writer, because its memory is always current. Rejects with `StoreUnavailable`.
   */
  current(): Promise<void> | undefined
  /** Finishes the queued commits, then closes the store. A second call waits for the end of the first call. */
  close(): Promise<void>
}
