// Finds the keys of a source that may have signed an assertion.
import type { FoundKeys, KeyQuery, PublishedKey } from '../../ports/key-source.ts'

/** The server tries at most two keys for each assertion. */
const MOST_CANDIDATES = 2

/**
 * Returns the keys that fit the `kid` and `alg` of an assertion, or `unknown_key` if too many keys fit. Undefined if no
 * key fits: a new fetch may then find a key that the source has published since.
 */
export function findIn(keys: readonly PublishedKey[], { kid, alg }: KeyQuery): FoundKeys | undefined {
  const fitting = keys.filter((key) => (kid === undefined || key.kid === kid) && key.algorithms.includes(alg))
  if (fitting.length === 0) return undefined
  return fitting.length > MOST_CANDIDATES ? { outcome: 'unknown_key' } : { outcome: 'found', keys: fitting }
}
