// The port for the store as a whole: its health, its closing, and the error that is thrown when the store does not
// answer.

/** Thrown if the state is unknown at present. The caller gets 503 instead of a verdict, and may retry. */
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

/** The server is draining. Its store is healthy, so the error does not count as a fault of the store. */
export class ServerDraining extends StoreUnavailable {}

export interface StoreHealth {
  /** Resolves when a test write is durable. Throws `StoreUnavailable`. */
  proveWrite(): Promise<void>
  /**
   * Resolves when the state in memory that decisions use is at least as new as this call. Undefined for a store with a
   * single writer, whose memory is always current. Rejects with `StoreUnavailable`.
   */
  current(): Promise<void> | undefined
  /** Finishes the queued commits, then closes the store. A second call waits for the first to end. */
  close(): Promise<void>
}
