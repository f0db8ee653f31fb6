// The keys that the issuer signs with: fetched, kept, and fetched again when a token names one that is not among them.
import { isDeepStrictEqual } from 'node:util'
import type { GuardError } from './guard-error.ts'
import type { IssuerClient } from './issuer-client.ts'
import { type VerifyingKey, verifyingKeyOf } from './verifying-key.ts'

export interface KeySet {
  readonly size: number
  /** The accepted key of that name, as far as it is known here. */
  find(kid: string): VerifyingKey | undefined
  /**
   * For a name that is not known here: looks at the issuer's set again, if that was not done lately. Rejects with
   * `GuardError` when the set could not be read, since then nothing is known about the name.
   */
  findAnew(kid: string): Promise<VerifyingKey | undefined>
  /** Fetches the set. Rejects with `GuardError`. */
  load(): Promise<void>
  /** The feed's word: keys of other names are refused from now on, and those not known yet are fetched. */
  restrictTo(kids: readonly string[]): void
}

/** An unknown `kid` is free for the sender, so it must not cause a request to the issuer each time. */
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
    // A set that was asked for after the feed's word is newer than it; one from before must not bring a key back.
    if (restriction === restrictionAtStart) restriction = undefined
    const next = new Map<string, KnownKey>()
    for (const jwk of jwks) {
      const key = verifyingKeyOf(jwk)
      if (key === undefined || restriction?.has(key.kid) === false) continue
      const before = known.get(key.kid)
      // The same object for the same key: what was checked with it stays checked.
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
      // What is on its way may have been asked for before the new key was there.
      const earlier = loading?.catch(() => undefined)
      const later = earlier === undefined ? load() : earlier.then(load)
      later.catch(onError)
    },
  }
}
