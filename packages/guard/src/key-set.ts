// The issuer's signing keys: fetched, cached, and fetched again if a token names a key that is not in the cache.
import { isDeepStrictEqual } from 'node:util'
import type { GuardError } from './guard-error.ts'
import type { IssuerClient } from './issuer-client.ts'
import { type VerifyingKey, verifyingKeyOf } from './verifying-key.ts'

export interface KeySet {
  readonly size: number
  /** Returns the accepted key with this `kid`. Undefined if it is not in the cached set. */
  find(kid: string): VerifyingKey | undefined
  /**
   * Returns the key for a `kid` that is not cached: fetches the issuer's set again, unless this was done recently.
   * Rejects with `GuardError` if the set could not be read, because the guard then does not know whether the key
   * exists.
   */
  findAnew(kid: string): Promise<VerifyingKey | undefined>
  /** Fetches the set. Rejects with `GuardError`. */
  load(): Promise<void>
  /**
   * Takes the list of accepted keys from the feed: refuses all other keys from now on, and fetches keys that are
   * missing.
   */
  restrictTo(kids: readonly string[]): void
}

/** The sender of a token can invent a `kid`, so an unknown `kid` must not cause a request to the issuer each time. */
const LEAST_MS_BETWEEN_SEARCHES = 30_000

interface KnownKey {
  readonly jwk: Readonly<Record<string, unknown>>
  readonly key: VerifyingKey
}

export function createKeySet(settings: {
  readonly issuer: Pick<IssuerClient, 'fetchKeys'>
  readonly onChange: (kids: readonly string[]) => void
  readonly onError: (error: unknown) => void
}): KeySet {
  const { issuer, onChange, onError } = settings
  let known = new Map<string, KnownKey>()
  let restriction: ReadonlySet<string> | undefined
  let loading: Promise<void> | undefined
  let isLoaded = false
  let lastFailure: GuardError | undefined
  let lastSearch = -Infinity

  const replace = (next: Map<string, KnownKey>): void => {
    const isSame = next.size === known.size && [...next].every(([kid, { key }]) => known.get(kid)?.key === key)
    known = next
    if (!isSame) onChange([...known.keys()])
  }

  const fetchAll = async (): Promise<void> => {
    const restrictionAtStart = restriction
    const jwks = await issuer.fetchKeys()
    // A set that was requested after the feed sent its list is newer than the list. An older set must not bring a key
    // back.
    if (restriction === restrictionAtStart) restriction = undefined
    const next = new Map<string, KnownKey>()
    for (const jwk of jwks) {
      const key = verifyingKeyOf(jwk)
      if (key === undefined || restriction?.has(key.kid) === false) continue
      const before = known.get(key.kid)
      // Keeps the same object for the same key, so that its cached signatures stay valid.
      next.set(key.kid, before !== undefined && isDeepStrictEqual(before.jwk, jwk) ? before : { jwk, key })
    }
    isLoaded = true
    replace(next)
  }

  const load = (): Promise<void> => {
    loading ??= fetchAll()
      .then(
        () => {
          lastFailure = undefined
        },
        (cause: unknown) => {
          lastFailure = cause as GuardError
          throw cause
        },
      )
      .finally(() => {
        loading = undefined
      })
    return loading
  }

  return {
    get size() {
      return known.size
    },
    find: (kid) => known.get(kid)?.key,
    findAnew: async (kid) => {
      const now = performance.now()
      if (loading !== undefined) await loading
      else if (!isLoaded || now - lastSearch >= LEAST_MS_BETWEEN_SEARCHES) {
        lastSearch = now
        await load()
      } else if (lastFailure !== undefined) throw lastFailure
      return known.get(kid)?.key
    },
    load,
    restrictTo: (kids) => {
      restriction = new Set(kids)
      replace(new Map([...known].filter(([kid]) => restriction?.has(kid))))
      if (kids.every((kid) => known.has(kid))) return
      // A request in flight may have been sent before the new key existed.
      const earlier = loading?.catch(() => undefined)
      const later = earlier === undefined ? load() : earlier.then(load)
      later.catch(onError)
    },
  }
}
