// The port for slots (the live token of each integration and scope), through which token requests issue and revoke
// tokens and token checks read slots. Every change is atomic and durable.
import type { Result, Scope } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import type { IssueRefusal } from '../domain/refusal.ts'
import type { Resolvers } from '../domain/resolvers.ts'
import type { Generation, RecordedToken, Slot } from '../domain/slot.ts'

/**
 * The origin of a token request. The issuance history of the slot records this origin, so that an operator can find out
 * who replaced a token.
 */
export interface Requester {
  /** The IP address as a text. */
  readonly address: string
  /**
   * The user agent as the caller sent it. Empty if the caller sent no user agent. The store keeps at most 120 printable
   * bytes of the text.
   */
  readonly userAgent: string
}

export interface IssueAttempt {
  readonly client: AuthenticatedClient
  readonly scope: Scope
  readonly requester: Requester
  /**
   * The condition of the request: the generation (a number that orders the tokens of a slot) of the token that
   * the client wants to replace. 0 if the client has no token. If another token is live and usable, the server answers
   * with the live token. Undefined for an unconditional request.
   */
  readonly replaces?: Generation | undefined
}

export interface IssuedToken {
  /**
   * The token: a JWS in compact form (RFC 7515 §7.1) with the claims of RFC 9068 §2.2. The store does not contain this
   * text.
   */
  readonly text: string
  readonly token: RecordedToken
  /**
   * `issued`: the token is new. `reused`: the token was live before this request, and the server signed it again. This
   * happens in stable mode, if the request named another token as the token to replace, or if another server issued the
   * token while the request waited.
   */
  readonly kind: 'issued' | 'reused'
  /** The token that the new token superseded. Undefined if the slot was empty or the token is reused. */
  readonly superseded: RecordedToken | undefined
}

export type IssueOutcome = Result<IssuedToken, IssueRefusal>

export interface Slots {
  /**
   * Returns the present slot. Undefined if the client never had the right to this scope. Returns a promise only if the
   * server must first read the state from the store, because a promise would slow down every token check. Throws or
   * rejects with `StoreUnavailable`.
   */
  read(clientId: string, scope: Scope): Slot | undefined | Promise<Slot | undefined>
  /**
   * Resolves when the signing keys and scopes in memory include all changes before this call. Returns undefined for a
   * store with a single writer, because its memory is always current. Rejects with `StoreUnavailable`.
   */
  current(): Promise<void> | undefined
  /**
   * Puts a new token in the slot, and resolves when the change is durable. The previous token ends at the same moment.
   * Overlapping attempts may share one token. In stable mode, or for a request with a condition, the outcome may be the live token. The server checks the
   * client again directly before the write: if the integration was disabled, or lost the scope or the credential, the
   * server refuses the attempt and changes nothing. Rejects with `StoreUnavailable` if the outcome is unknown or took
   * more than five seconds. Rejects with another error if signing failed. The live token then stays live. Throws
   * `StoreUnavailable` if too many requests wait.
   */
  issue(attempt: IssueAttempt, resolvers: Resolvers<IssueOutcome>): void
  /**
   * Ends the token `jti` if it is the live token, or the previous token in its grace period. Otherwise changes nothing,
   * so that a late revocation never ends a newer token (RFC 7009 §2). Resolves to true if a token ended. Rejects with
   * `StoreUnavailable`.
   */
  revoke(clientId: string, scope: Scope, jti: string): Promise<boolean>
  /**
   * Records that a token was presented after its expiry, so that the token stays ended even if the wall clock is set
   * back.
   */
  markEnded(clientId: string, scope: Scope, generation: Generation): void
}
