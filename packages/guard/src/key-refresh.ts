// Fetches the keys at the start and then regularly, so that the guard drops a key that the issuer no longer accepts.
import { GuardError } from './guard-error.ts'
import type { KeySet } from './key-set.ts'

export interface KeyRefresh {
  /** Resolves when the guard has the keys. Rejects with a `GuardError` if another attempt cannot succeed. */
  ready(): Promise<void>
  close(): void
}

/** How long the issuer allows caches to keep the set. */
const REFRESH_MS = 300_000
const RETRY_MS = 1_000

/** Starts the regular fetches. Returns without waiting for the first answer. */
export function startKeyRefresh(keys: KeySet, onError: (error: unknown) => void): KeyRefresh {
  const ready = Promise.withResolvers<void>()
  // Keeps Node from reporting an unhandled rejection. A caller that awaits `ready` still gets the error.
  ready.promise.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const refresh = async (): Promise<void> => {
    let delay = REFRESH_MS
    try {
      await keys.load()
      ready.resolve()
    } catch (cause) {
      onError(cause)
      if (keys.size === 0) delay = RETRY_MS
      if (cause instanceof GuardError && cause.code === 'ISSUER_MISMATCH') ready.reject(cause)
    }
    if (isClosed) return
    timer = setTimeout(() => void refresh(), delay)
    timer.unref()
  }
  void refresh()
  return {
    ready: () => ready.promise,
    close: () => {
      isClosed = true
      clearTimeout(timer)
      ready.reject(new GuardError('CLOSED', 'the guard was closed'))
    },
  }
}
