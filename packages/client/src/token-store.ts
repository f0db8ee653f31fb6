// The interface of a store in which processes share a token. For each key it has a register (a text with a version)
// that processes change by compare-and-swap.

/**
 * A store in which processes share a token. For each key it has a register (a text with a version) that processes
 * change by compare-and-swap. The manager encrypts the texts with a key that it derives from the client secret, so the
 * store sees neither token nor secret.
 *
 * A store throws if it fails. The manager then uses its current token until that expires. After that the manager throws
 * `STORE_FAILED`.
 *
 * @example
 * ```ts
 * import type { Stored, TokenStore } from '@latchkey/client'
 *
 * const registers = new Map<string, Stored>()
 * const store: TokenStore = {
 *   read: async (key) => registers.get(key) ?? { version: '0', now: performance.now() },
 *   replace: async (key, version, text) => {
 *     const { version: current } = await store.read(key)
 *     if (current !== version) return false
 *     registers.set(key, { version: String(Number(current) + 1), text, now: performance.now() })
 *     return true
 *   },
 * }
 * const first = await store.replace('key', '0', 'first', 1000)
 * console.log(first, await store.replace('key', '0', 'second', 1000)) // true false
 * ```
 */
export interface TokenStore {
  /** Reads the register of the key. Returns what any process stored last. */
  read(key: string): Promise<Stored>

  /**
   * Stores the text if no process has changed the register since `version` was read. Returns true if the text was
   * stored. If several callers have the same version, exactly one of them succeeds.
   *
   * @param keepForMs the store may drop the text when no process has replaced it for this many milliseconds.
   */
  replace(key: string, version: string, text: string, keepForMs: number): Promise<boolean>
}

/** The largest number of characters of a text. A sealed token of 64 KiB fits, together with the rest of the record. */
export const LONGEST_TEXT = 256 * 1024

/** The contents of a register. */
export interface Stored {
  /** Changes with every replacement and never repeats. An empty register has a version too. */
  readonly version: string
  /** The stored text. Undefined if nothing is stored. */
  readonly text?: string
  /** Milliseconds on a monotonic clock that all processes of the store share. */
  readonly now: number
}
