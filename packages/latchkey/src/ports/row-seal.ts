// Authenticates the rows of a store under keys that are not in the store.

/** Returns the MAC of a text, 32 bytes. */
export type RowMac = (text: string) => Uint8Array

export interface RowSeal {
  readonly mac: RowMac
  /**
   * True if the canary states that the rows of its store carry MACs. Only a server with the master key can seal such a
   * canary, so nobody else can make the store look like an older one, except by putting an older canary back. Throws
   * `WrongMasterKeyError`.
   */
  saysRowsAreSealed(canary: Uint8Array): boolean
  /** Returns a canary which states that the rows carry MACs. */
  newCanary(): Uint8Array
}
