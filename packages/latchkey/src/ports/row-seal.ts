// Authenticates the rows of a store under keys that are not in the store.

/** Returns the MAC of a text, 32 bytes. */
export type RowMac = (text: string) => Uint8Array

/**
 * What carries MACs in a store, from the oldest format to the newest: nothing; all rows that decide but those of the slots;
 * these too. A store with MACs has an audit trail.
 */
export type StoreFormat = 'plain_rows' | 'sealed_rows' | 'sealed_slots'

export interface RowSeal {
  readonly mac: RowMac
  /**
   * Returns the format that the canary of a store states. Only a server with the master key can seal a canary, so nobody
   * else can make the store look like an older one, except by putting an older canary back. Throws `WrongMasterKeyError`.
   */
  formatOf(canary: Uint8Array): StoreFormat
  /** Returns a canary that states the newest format. */
  newCanary(): Uint8Array
}
