// The interface that the liveness modes share.
import type { Reason, Scope } from '@latchkey/protocol'
import type { SignedToken } from './signed-tokens.ts'

/**
 * `live`, or the reason why the token is not live. `scope_not_followed`: the token has another scope than the required
 * one, and the guard has no right to information about tokens of that scope.
 */
export type LivenessVerdict = 'live' | 'scope_not_followed' | Reason

export interface LivenessJudge {
  /**
   * Decides about a token whose audience is this API. Throws, or rejects with, `GuardError` if the guard cannot find
   * out whether the token is live.
   */
  judge(signed: SignedToken, presented: { readonly token: string; readonly required: Scope }): JudgedLiveness
  /**
   * Resolves when the guard can decide about a token: in the mode `feed` when it has the whole table, in the other
   * modes at once. Rejects with a `GuardError` if waiting longer cannot help.
   */
  ready(): Promise<void>
  close(): void
}

export type JudgedLiveness = LivenessVerdict | Promise<LivenessVerdict>

/** The verdict `expired` is final. It is stored with the token, so the token stays expired if the clock is set back. */
export function isExpired(signed: SignedToken): boolean {
  if (!signed.isEnded && Date.now() / 1000 >= signed.claims.expiresAt) signed.isEnded = true
  return signed.isEnded
}

/** Liveness mode `until-expiry`: a token that was superseded or revoked is accepted until its end. */
export const untilExpiry: LivenessJudge = {
  judge: (signed) => (isExpired(signed) ? 'expired' : 'live'),
  ready: () => Promise.resolve(),
  close: () => undefined,
}
