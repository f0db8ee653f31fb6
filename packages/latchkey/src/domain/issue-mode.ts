// The issue mode: what a token request does if the slot already has a live token.
import type { EpochSeconds, RecordedToken, Slot } from './slot.ts'

export type IssueMode =
  /** Every new token supersedes the live one. This is the default. */
  | { readonly kind: 'replace' }
  /** The server returns the live token again until this many seconds before its expiry. */
  | { readonly kind: 'stable'; readonly renewBeforeSeconds: number }

export const REPLACE: IssueMode = { kind: 'replace' }

export const DEFAULT_RENEW_BEFORE_SECONDS = 300
export const MAX_GRACE_SECONDS = 300

/**
 * Returns the live token if it may answer a request in `mode`. Undefined if the server must issue a new token. A token
 * with another audience than the present one of its scope is never returned again.
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
