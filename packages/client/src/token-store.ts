// What the manager asks of a place where processes share a token: one register per slot that is changed by compare-and-swap.

/**
 * A register for each key, shared by all who use the store. Leases, back-off and the order of tokens are the manager's
 * business and stand in the text, sealed under a key derived from the client secret: a store sees neither token nor
 * secret, and has nothing to understand.
 *
 * A failure is thrown. The manager then goes on with the token it has, and throws `STORE_FAILED` once that is over.
 */
export interface TokenStore {
  /** What was put there last, by whomever. */
  read(key: string): Promise<Stored>

  /**
   * Puts the text there if nobody has changed the register since `version` was read; returns whether it did. Of several
   * callers with one version, one succeeds.
   *
   * @param keepForMs after this long without a change the text may be forgotten.
   */
  replace(key: string, version: string, text: string, keepForMs: number): Promise<boolean>
}

/** The most characters of a text. A sealed token of 64 KiB, and what the processes know of each other, are shorter. */
export const LONGEST_TEXT = 256 * 1024

export interface Stored {
  /** Changes with every replacement, and never comes back. Also there when nothing is stored. */
  readonly version: string
  readonly text?: string
  /** Milliseconds on a clock that all who share the store see alike, and that is not set back. */
  readonly now: number
}
