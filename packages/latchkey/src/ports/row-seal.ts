// The port that authenticates rows of the store, under keys that are not in the store.

/** Returns the MAC of a text, 64 hex digits. */
export type RowMac = (text: string) => string

/**
 * Which rows of a store have MACs. `plain_rows`: none. `sealed_rows`: all rows on which rights depend, except slots.
 * `sealed_slots`: slots too. Each format is newer than the one before it. A store with MACs has an audit trail.
 */
export type StoreFormat = 'plain_rows' | 'sealed_rows' | 'sealed_slots'

export interface RowSeal {
  readonly mac: RowMac
  /**
   * Returns the format that a store's canary states. Only a server with the master key can make a canary. So an
   * attacker can make the store look older only with an older canary that the attacker has kept. Throws
   * `WrongMasterKeyError`.
   */
  formatOf(canary: Uint8Array): StoreFormat
  /** Returns a canary that states the newest format. */
  newCanary(): Uint8Array
}
