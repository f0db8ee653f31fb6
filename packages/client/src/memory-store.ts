// The token store of a single process.
import { type Clock, steadyClock } from './clock.ts'
import type { TokenStore } from './token-store.ts'

/**
 * Makes a token store in the memory of this process. Managers with the same store share their tokens. Without the
 * option `store`, each manager makes such a store of its own.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@latchkey/client'
 *
 * const store = memoryStore()
 * const { version, text } = await store.read('key')
 * console.log(text, await store.replace('key', version, 'a text', 60_000)) // undefined true
 * ```
 */
export function memoryStore(clock: Pick<Clock, 'now'> = steadyClock): TokenStore {
  const registers = new Map<string, { readonly version: number; readonly text: string }>()
  const store: TokenStore = {
    read: async (key) => {
      const { version = 0, text } = registers.get(key) ?? {}
      return { version: String(version), now: clock.now(), ...(text !== undefined && { text }) }
    },
    replace: async (key, version, text) => {
      const current = registers.get(key)?.version ?? 0
      if (String(current) !== version) return false
      registers.set(key, { version: current + 1, text })
      return true
    },
  }
  inMemory.add(store)
  return store
}

const inMemory = new WeakSet<TokenStore>()

/** True if `memoryStore` made the store, so that no other process reads it. */
export const isInMemory = (store: TokenStore): boolean => inMemory.has(store)
