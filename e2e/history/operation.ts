// The operations of clients on one slot and their answers, each with the instants between which it happened.

export interface Operation {
  /** Milliseconds on the monotonic clock: the request was not sent before. */
  readonly from: number
  /**
   * When the answer had arrived. For an unanswered request, the instant after which it can no longer take effect: the
   * end of the server process, or never.
   */
  readonly to: number
  readonly act: Act
}

export type Act =
  | { readonly kind: 'issue'; readonly jti: string; readonly generation: number }
  | { readonly kind: 'issue_refused' }
  /** The client received no token. One may exist. */
  | { readonly kind: 'issue_unanswered' }
  | { readonly kind: 'check'; readonly jti: string; readonly verdict: Verdict }
  | { readonly kind: 'revoke'; readonly jti: string }
  | { readonly kind: 'revoke_refused' }
  | { readonly kind: 'revoke_unanswered'; readonly jti: string }
  | { readonly kind: 'disable' | 'enable' | 'delete' }
  | { readonly kind: 'change_unanswered'; readonly change: 'disable' | 'enable' | 'delete' }

/** Introspection only says `not_live`. */
export type Verdict = 'live' | 'not_live' | 'superseded' | 'revoked' | 'integration_disabled' | 'unknown'

export const isUnanswered = ({ kind }: Act): boolean => kind.endsWith('_unanswered')

export const changesNothing = ({ kind }: Act): boolean => kind === 'check' || kind.endsWith('_refused')
