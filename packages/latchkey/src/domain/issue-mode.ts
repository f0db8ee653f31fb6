// The issue mode: what a token request does if the slot already has a live token.
import type { EpochSeconds, RecordedToken, Slot } from './slot.ts'

export type IssueMode =
  /** Every request gets a new token, which supersedes the live token. This mode is the default. */
  | { readonly kind: 'replace' }
  /** A request gets the live token again, until `renewBeforeSeconds` before the expiry of that token. */
  | { readonly kind: 'stable'; readonly renewBeforeSeconds: number }

export const REPLACE: IssueMode = { kind: 'replace' }

export const DEFAULT_RENEW_BEFORE_SECONDS = 300
export const MAX_GRACE_SECONDS = 300

/**
 * Returns the live token of the slot if the server may return it again. Undefined if the server must issue a new token:
 * in replace mode, close to the expiry of the live token, or if the live token does not have the present `audience` of
 * the scope.
 */
export function tokenToReuse(
  mode: IssueMode,
  slot: Slot,
  audience: string,
  now: EpochSeconds,
): RecordedToken | undefined {
  if (mode.kind === 'replace' || slot.live === undefined) return undefined
  if (slot.live.audience !== audience || slot.live.generation <= slot.endedGeneration) return undefined
  return slot.live.expiresAt - now > mode.renewBeforeSeconds ? slot.live : undefined
}
