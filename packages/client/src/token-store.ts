// What the manager asks of a place where processes share a token: one register per slot that is changed by
// compare-and-swap.

/**
 * A place where processes share a token: a register for each key, changed by compare-and-swap. The texts are sealed
 * under a key that is derived from the client secret, so the store sees neither token nor secret.
 *
 * A store throws if it fails. The manager then continues with the token that it has, and throws `STORE_FAILED` after
 * its end.
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
  /** Returns what is stored under the key, by any process. */
  read(key: string): Promise<Stored>

  /**
   * Stores the text if no process has changed the register since `version` was read. Returns true if it did. Of several
   * callers with the same version, exactly one succeeds.
   *
   * @param keepForMs the store may forget the text if it was not replaced for so long.
   */
  replace(key: string, version: string, text: string, keepForMs: number): Promise<boolean>
}

/** The most characters of a text. A sealed token of 64 KiB, and what the processes know of each other, are shorter. */
export const LONGEST_TEXT = 256 * 1024

/** The contents of a register. */
export interface Stored {
  /** Changes with every replacement and never repeats. Also present if nothing is stored. */
  readonly version: string
  /** The stored text. Undefined if nothing is stored. */
  readonly text?: string
  /** Milliseconds on a monotonic clock that all processes of the store share. */
  readonly now: number
}
