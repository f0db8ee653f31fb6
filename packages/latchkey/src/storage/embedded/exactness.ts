// How memory is made as new as a question, where other processes write to the same store.

export interface Exactness {
  /**
   * Resolves when the configuration, and the slots of this client, are in memory as they are after this call. Rejects
   * with `StoreUnavailable`.
   */
  of(clientId: string): Promise<void>
  /** The same for the configuration alone. */
  current(): Promise<void>
}
