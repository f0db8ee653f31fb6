// The operations of clients on one slot (a pair of integration and scope): each with its answer, and with the two
// instants between which the operation took effect.

export interface Operation {
  /** When the request was sent, in milliseconds of the monotonic clock. */
  readonly from: number
  /**
   * When the answer arrived. For an unanswered request, the instant after which it can no longer take effect: the end
   * of the server process, or Infinity.
   */
  readonly to: number
  readonly act: Act
}

export type Act =
  | { readonly kind: 'issue'; readonly jti: string; readonly generation: number }
  | { readonly kind: 'issue_refused' }
  /** The client received no token, but the server may have issued one. */
  | { readonly kind: 'issue_unanswered' }
  | { readonly kind: 'check'; readonly jti: string; readonly verdict: Verdict }
  | { readonly kind: 'revoke'; readonly jti: string }
  | { readonly kind: 'revoke_refused' }
  | { readonly kind: 'revoke_unanswered'; readonly jti: string }
  | { readonly kind: 'disable' | 'enable' | 'delete' }
  | { readonly kind: 'change_unanswered'; readonly change: 'disable' | 'enable' | 'delete' }

/** Introspection can only tell `live` from `not_live`. */
export type Verdict = 'live' | 'not_live' | 'superseded' | 'revoked' | 'integration_disabled' | 'unknown'

export const isUnanswered = ({ kind }: Act): boolean => kind.endsWith('_unanswered')

export const changesNothing = ({ kind }: Act): boolean => kind === 'check' || kind.endsWith('_refused')
