// Authenticates the rows of a store under keys that stand outside it.

/** 32 bytes. */
export type RowMac = (text: string) => Uint8Array

export interface RowSeal {
  readonly mac: RowMac
  /**
   * Whether this canary says that the rows of its store carry MACs. The canary itself is sealed: only a server with the
   * master key can say it, and a store that has said it cannot be made to look like an older one, short of putting back
   * an older canary. Throws as `openCanary` does.
   */
  saysRowsAreSealed(canary: Uint8Array): boolean
  /** A canary that says so. */
  newCanary(): Uint8Array
}
