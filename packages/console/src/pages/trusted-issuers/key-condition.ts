// In which condition the keys of a trusted issuer are, on the server that answered.
import type { TrustedIssuer } from 'latchkey/admin-api'

export type KeyCondition =
  /** The settings of the issuer contain the keys, so no keys are fetched. */
  | 'inline'
  /** No assertion has needed them since the start of the server. */
  | 'waiting'
  | 'fresh'
  /** The next assertion makes the server fetch them again. */
  | 'old'
  /** The last fetch failed, and the keys of an earlier one may still be in use. */
  | 'stale'
  /** The last fetch failed, and there are no keys. */
  | 'none'

export function keyCondition(
  { keys, key_state: { fresh_until: freshUntil, last_error: fault, kids } }: Pick<TrustedIssuer, 'keys' | 'key_state'>,
  now: number,
): KeyCondition {
  if (keys.source === 'inline') return 'inline'
  if (fault !== null) return kids.length > 0 ? 'stale' : 'none'
  if (freshUntil === null) return 'waiting'
  return Date.parse(freshUntil) > now ? 'fresh' : 'old'
}
