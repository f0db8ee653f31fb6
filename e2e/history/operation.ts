// What clients did to one slot and what they were told, with the instants between which it must have happened.

export interface Operation {
  /** Monotonic milliseconds: the request had not been sent before. */
  readonly from: number
  /**
   * The answer had come; for an unanswered request, the instant after which it can no longer take effect: the end of
   * the process that had it, or never.
   */
  readonly to: number
  readonly act: Act
}

export type Act =
  | { readonly kind: 'issue'; readonly jti: string; readonly generation: number }
  | { readonly kind: 'issue_refused' }
  /** The client saw no token. There may be one. */
  | { readonly kind: 'issue_unanswered' }
  | { readonly kind: 'check'; readonly jti: string; readonly verdict: Verdict }
  | { readonly kind: 'revoke'; readonly jti: string }
  | { readonly kind: 'revoke_refused' }
  | { readonly kind: 'revoke_unanswered'; readonly jti: string }
  | { readonly kind: 'disable' | 'enable' | 'delete' }
  | { readonly kind: 'change_unanswered'; readonly change: 'disable' | 'enable' | 'delete' }

/** `not_live` is all that introspection says. */
export type Verdict = 'live' | 'not_live' | 'superseded' | 'revoked' | 'integration_disabled' | 'unknown'

export const isUnanswered = ({ kind }: Act): boolean => kind.endsWith('_unanswered')

export const changesNothing = ({ kind }: Act): boolean => kind === 'check' || kind.endsWith('_refused')
