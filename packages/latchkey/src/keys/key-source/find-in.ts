// Finds the keys for an assertion among the keys of a source.
import type { FoundKeys, KeyQuery, PublishedKey } from '../../ports/key-source.ts'

/** An assertion is compared with at most two keys. */
const MOST_CANDIDATES = 2

/**
 * Returns the keys that fit, or `unknown_key` if too many fit. Undefined if no key fits: the source may have published
 * one since.
 */
export function findIn(keys: readonly PublishedKey[], { kid, alg }: KeyQuery): FoundKeys | undefined {
  const fitting = keys.filter((key) => (kid === undefined || key.kid === kid) && key.algorithms.includes(alg))
  if (fitting.length === 0) return undefined
  return fitting.length > MOST_CANDIDATES ? { outcome: 'unknown_key' } : { outcome: 'found', keys: fitting }
}
