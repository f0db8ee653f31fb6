// The port for the store as a whole: its health, its closing, and the error for a store that does not answer.

/** The state is unknown at present. The caller gets 503, never a verdict, and may retry. */
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

/** The server is draining. Its store works, so this is no fault of the store. */
export class ServerDraining extends StoreUnavailable {}

export interface StoreHealth {
  /** Resolves when a test write is durable. Throws `StoreUnavailable`. */
  proveWrite(): Promise<void>
  /**
   * Resolves when the state in memory that decides is at least as new as this call. Undefined for a store with a single
   * writer. Rejects with `StoreUnavailable`.
   */
  current(): Promise<void> | undefined
  /** Finishes the queued work, then closes the store. A second call waits for the same end. */
  close(): Promise<void>
}
