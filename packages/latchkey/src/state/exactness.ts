// How memory is made as new as a question, where other processes write to the same store.

export interface Exactness {
  /**
   * Resolves when what decides about this client is in memory as it is after this call: its integration and slots, the
   * scopes and the keys. Rejects with `StoreUnavailable`.
   */
  of(clientId: string): Promise<void>
  /** The same for all of the configuration, and no slots. */
  current(): Promise<void>
}
