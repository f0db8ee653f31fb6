// The port that computes the MACs of the store's rows. The keys are not in the store, so an attacker with access to the
// store alone cannot forge a row.

/** Returns the MAC of a text in 64 hexadecimal digits. */
export type RowMac = (text: string) => string

/**
 * The format of a store says which rows have MACs. `plain_rows`: no rows. `sealed_rows`: all rows on which rights
 * depend, except slots. `sealed_slots`: slots too. The formats are listed from the oldest to the newest. A store with
 * MACs always has an audit trail.
 */
export type StoreFormat = 'plain_rows' | 'sealed_rows' | 'sealed_slots'

export interface RowSeal {
  readonly mac: RowMac
  /**
   * Returns the format of a store that is stated in the store's canary (a sealed value). Only a server with the master
   * key can make a canary. So an attacker can fake an older format only with an older canary of the same store. Throws
   * `WrongMasterKeyError`.
   */
  formatOf(canary: Uint8Array): StoreFormat
  /** Returns a canary that states the newest format. */
  newCanary(): Uint8Array
}
