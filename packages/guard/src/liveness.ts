// What every way of noticing a token's end has in common.
import type { Reason, Scope } from '@latchkey/protocol'
import type { SignedToken } from './signed-tokens.ts'

/** `live`, or why not. `foreign`: live as far as anybody here may know, and for another scope than was asked for. */
export type LivenessVerdict = 'live' | 'foreign' | Reason

export interface LivenessJudge {
  /** Of a token that is meant for this API. Throws, or rejects with, `GuardError` when it is not known. */
  judge(signed: SignedToken, presented: { readonly token: string; readonly required: Scope }): JudgedLiveness
  /** When tokens can be judged at local speed. Rejects with a `GuardError` that waiting would not cure. */
  ready(): Promise<void>
  close(): void
}

export type JudgedLiveness = LivenessVerdict | Promise<LivenessVerdict>

/** An answer `expired` is final: the token remembers it, and a clock that is set back revives nothing. */
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
