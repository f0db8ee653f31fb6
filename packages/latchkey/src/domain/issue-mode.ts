// Decides what a token request does if the slot already has a live token. The decision depends on the issue mode of the
// integration and on the condition of the request.
import type { EpochSeconds, Generation, RecordedToken, Slot } from './slot.ts'

export type IssueMode =
  /** Every request gets a new token, which supersedes the live token. This mode is the default. */
  | { readonly kind: 'replace' }
  /** A request gets the live token again, until `renewBeforeSeconds` before the expiry of that token. */
  | { readonly kind: 'stable'; readonly renewBeforeSeconds: number }

export const REPLACE: IssueMode = { kind: 'replace' }

export const DEFAULT_RENEW_BEFORE_SECONDS = 300
export const MAX_GRACE_SECONDS = 300

/** In replace mode, the live token answers a conditional request until this many seconds before its expiry. */
const MOST_MARGIN_SECONDS = 30

export interface ReuseCircumstances {
  readonly mode: IssueMode
  /**
   * The condition of the request: the generation of the token that the client wants to replace. 0 if the client has no
   * token. Undefined if the request has no condition.
   */
  readonly replaces: Generation | undefined
  /** The present audience of the scope. */
  readonly audience: string
  readonly now: EpochSeconds
}

/**
 * Returns the live token of the slot if the server may return it again. Undefined if the server must issue a new token:
 * - the mode is `replace`, and the request has no condition
 * - the condition names the live token, so the client wants another token
 * - the live token expires soon, or was ended
 * - the audience of the live token is not the present `audience` of the scope
 */
export function tokenToReuse(
  { live, endedGeneration }: Slot,
  { mode, replaces, audience, now }: ReuseCircumstances,
): RecordedToken | undefined {
  if (live === undefined || live.audience !== audience || live.generation <= endedGeneration) return undefined
  if (replaces === undefined ? mode.kind === 'replace' : live.generation === replaces) return undefined
  return live.expiresAt - now > margin(mode, live) ? live : undefined
}

/** Returns how many seconds before its expiry the live token stops answering further requests. */
const margin = (mode: IssueMode, { issuedAt, expiresAt }: RecordedToken): number =>
  mode.kind === 'stable' ? mode.renewBeforeSeconds : Math.min(MOST_MARGIN_SECONDS, (expiresAt - issuedAt) / 10)
