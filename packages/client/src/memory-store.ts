// The token store of a single process.
import { type Clock, steadyClock } from './clock.ts'
import type { TokenStore } from './token-store.ts'

/** Managers that are given the same store share their tokens; nothing outlives the process. */
export function memoryStore(clock: Pick<Clock, 'now'> = steadyClock): TokenStore {
  const registers = new Map<string, { readonly version: number; readonly text: string }>()
  return {
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
}
