// Makes memory at least as new as a request that reads it.

export interface Freshness {
  /**
   * Resolves when the state in memory on which decisions about this client depend is at least as new as this call: its
   * integration and slots, the scopes and the keys. Undefined for a store with a single writer, whose memory is always
   * current. Rejects with `StoreUnavailable`.
   */
  of(clientId: string): Promise<void> | undefined
  /** Like `ofClient`, for the whole configuration without slots. */
  configuration(): Promise<void> | undefined
}

/** For a store with a single writer, whose memory is always current. */
export const MEMORY_IS_THE_TRUTH: Freshness = { of: () => undefined, configuration: () => undefined }
