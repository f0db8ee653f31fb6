// The slots: the one place where tokens become live and stop being live. Every act here is atomic and durable.
import type { Result, Scope } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import type { IssueRefusal } from '../domain/refusal.ts'
import type { Resolvers } from '../domain/resolvers.ts'
import type { Generation, RecordedToken, Slot } from '../domain/slot.ts'

/** Where a token request came from; kept in the ring to answer "who replaced my token?". */
export interface Requester {
  /** IP address, as text. */
  readonly address: string
  /** As it was sent; empty when it was not. What is kept of it is printable, and at most 120 bytes. */
  readonly userAgent: string
}

export interface IssueAttempt {
  readonly client: AuthenticatedClient
  readonly scope: Scope
  readonly requester: Requester
}

export interface IssuedToken {
  /** JWS in compact form (RFC 7515 §7.1), with the claims of RFC 9068 §2.2: the only copy; it is not stored. */
  readonly text: string
  readonly token: RecordedToken
  /** `reused`: a token that was live already, signed again; in stable mode, or after another server's token came first. */
  readonly kind: 'issued' | 'reused'
  /** The token that this one put an end to; undefined when the slot was empty, and for a reused one. */
  readonly superseded: RecordedToken | undefined
}

export type IssueOutcome = Result<IssuedToken, IssueRefusal>

export interface Slots {
  /**
   * The slot as it is at this moment; undefined when this client never was granted this scope. A value and no promise
   * where the state is at hand: most verifications ask nothing else. Throws, or rejects with, `StoreUnavailable`.
   */
  read(clientId: string, scope: Scope): Slot | undefined | Promise<Slot | undefined>
  /**
   * Resolves when the keys and scopes in memory are as new as this call; undefined where nobody else changes them.
   * Rejects with `StoreUnavailable`.
   */
  current(): Promise<void> | undefined
  /**
   * Puts a new token in the slot and answers once that is durable; the token before it is over in the same instant.
   * Attempts that overlap may share one token. The client is judged again right before the write: an attempt whose
   * integration was disabled, or lost the scope or the secret since it was authenticated, is refused and changes nothing.
   * In stable mode the live token may be handed out again. Rejects with `StoreUnavailable` when it is not known what
   * became of it, also when that took more than five seconds, and with another error when the token could not be signed:
   * then the live one was not touched. Throws `StoreUnavailable` if too many requests wait.
   */
  issue(attempt: IssueAttempt, resolvers: Resolvers<IssueOutcome>): void
  /**
   * Ends the token if it is the live one or its predecessor in grace; otherwise changes nothing, so that a late
   * revocation never ends a newer token (RFC 7009 §2). True when a token was ended. Rejects with `StoreUnavailable`.
   */
  revoke(clientId: string, scope: Scope, jti: string): Promise<boolean>
  /** Remembers that a recorded token was seen past its end, so that a step of the wall clock revives nothing. */
  markEnded(clientId: string, scope: Scope, generation: Generation): void
}
