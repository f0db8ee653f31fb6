// What a token request does when a live token is already in the slot.
import type { EpochSeconds, RecordedToken, Slot } from './slot.ts'

export type IssueMode =
  /** A new token supersedes the live one, always: the reference behaviour. */
  | { readonly kind: 'replace' }
  /** The live token is handed out again until this many seconds before its end. */
  | { readonly kind: 'stable'; readonly renewBeforeSeconds: number }

export const REPLACE: IssueMode = { kind: 'replace' }

export const DEFAULT_RENEW_BEFORE_SECONDS = 300
export const MAX_GRACE_SECONDS = 300

/**
 * The live token that a request in `mode` is answered with instead of a new one; undefined when a new one is due.
 * A token recorded for another audience than the scope has today is never handed out again.
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
