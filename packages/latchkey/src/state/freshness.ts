// Whether memory is as new as a question about it.

export interface Freshness {
  /**
   * Resolves when what decides about this client is in memory as it is after this call: its integration and slots, the
   * scopes and the keys. Undefined where memory is the truth, and there is nothing to wait for. Rejects with
   * `StoreUnavailable`.
   */
  of(clientId: string): Promise<void> | undefined
  /** The same for all of the configuration, and no slots. */
  configuration(): Promise<void> | undefined
}

/** Where this process alone writes to the store. */
export const MEMORY_IS_THE_TRUTH: Freshness = { of: () => undefined, configuration: () => undefined }
