// Refreshes the memory, so that a decision uses no state that is older than the request.

export interface Freshness {
  /**
   * Resolves when the memory contains all changes before this call that affect decisions about this client: its
   * integration and slots, the scopes and the keys. Returns undefined for a store with a single writer, because its
   * memory is always current. Rejects with `StoreUnavailable`.
   */
  of(clientId: string): Promise<void> | undefined
  /** Does the same as `of` for the whole configuration, without integrations and slots. */
  configuration(): Promise<void> | undefined
}

/** The implementation for a store with a single writer, whose memory is always current. */
export const MEMORY_IS_THE_TRUTH: Freshness = { of: () => undefined, configuration: () => undefined }
