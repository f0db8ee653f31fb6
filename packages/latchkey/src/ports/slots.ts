// The port for slots. Only its methods make tokens live or end them. Every change is atomic and durable.
import type { Result, Scope } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import type { IssueRefusal } from '../domain/refusal.ts'
import type { Resolvers } from '../domain/resolvers.ts'
import type { Generation, RecordedToken, Slot } from '../domain/slot.ts'

/** The origin of a token request. The issuance history records it, to answer the question "who replaced my token?". */
export interface Requester {
  /** IP address, as text. */
  readonly address: string
  /**
   * The user agent as the caller sent it. Empty if the caller sent none. The store keeps at most 120 printable bytes of
   * it.
   */
  readonly userAgent: string
}

export interface IssueAttempt {
  readonly client: AuthenticatedClient
  readonly scope: Scope
  readonly requester: Requester
}

export interface IssuedToken {
  /** JWS in compact form (RFC 7515 §7.1) with the claims of RFC 9068 §2.2. The store keeps no copy of it. */
  readonly text: string
  readonly token: RecordedToken
  /**
   * `reused`: the token was live already and was signed again, in stable mode or because another server issued it
   * first.
   */
  readonly kind: 'issued' | 'reused'
  /** The token that the new token superseded. Undefined if the slot was empty or the token is reused. */
  readonly superseded: RecordedToken | undefined
}

export type IssueOutcome = Result<IssuedToken, IssueRefusal>

export interface Slots {
  /**
   * Returns the present slot. Undefined if this client was never granted this scope. Returns a promise only if the
   * server must read the state first, because a promise would slow down every verification. Throws or rejects with
   * `StoreUnavailable`.
   */
  read(clientId: string, scope: Scope): Slot | undefined | Promise<Slot | undefined>
  /**
   * Resolves when the keys and scopes in memory are at least as new as this call. Undefined for a store with a single
   * writer, whose memory is always current. Rejects with `StoreUnavailable`.
   */
  current(): Promise<void> | undefined
  /**
   * Puts a new token in the slot and answers when the change is durable. The previous token ends in the same instant.
   * Overlapping attempts may share one token. The server checks the client again right before the write. If the
   * integration was disabled or lost the scope or the secret in the meantime, the server refuses the attempt and
   * changes nothing. In stable mode the answer may be the live token. Rejects with `StoreUnavailable` if the outcome is
   * unknown or took more than five seconds. Rejects with another error if signing failed; the live token then stays
   * live. Throws `StoreUnavailable` if too many requests wait.
   */
  issue(attempt: IssueAttempt, resolvers: Resolvers<IssueOutcome>): void
  /**
   * Ends the token if it is the live one or its predecessor in grace. Otherwise it changes nothing, so a late
   * revocation never ends a newer token (RFC 7009 §2). Resolves to true if a token ended. Rejects with
   * `StoreUnavailable`.
   */
  revoke(clientId: string, scope: Scope, jti: string): Promise<boolean>
  /**
   * Records that a token was seen after its expiry, so that the token stays ended even if the wall clock is set back.
   */
  markEnded(clientId: string, scope: Scope, generation: Generation): void
}
