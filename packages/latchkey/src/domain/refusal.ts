// The refusals that domain and operations return as values. One exhaustive switch turns them into HTTP answers.
import type { Reason } from '@latchkey/protocol'
import type { EpochSeconds } from './slot.ts'

/**
 * The server could not authenticate the client. All reasons have the same public answer, so that guessing reveals
 * nothing.
 */
export type AuthenticationRefusal = { readonly reason: 'credentials_missing' } | FailedAuthentication

/** The request had credentials, and they did not prove that it comes from the client. */
export type FailedAuthentication =
  | { readonly reason: 'wrong_secret'; readonly clientId: string }
  | {
      readonly reason:
        | 'unknown_client'
        | 'client_disabled'
        /** The credentials are right, but the integration does not allow the address of the request. */
        | 'address_not_allowed'
      readonly clientId: string
      /** Undefined if the client sent a secret. */
      readonly assertion?: AssertionShape
      readonly proof?: Proof
    }
  | {
      readonly reason:
        | 'unknown_key'
        | 'bad_assertion_signature'
        | 'credential_ended'
        /** The assertion lives longer than its key or trust rule allows. */
        | 'assertion_lifetime'
        /** The server trusts no enabled issuer of this URL. */
        | 'unknown_issuer'
        /** No trust rule matches the claims. */
        | 'trust_rule_mismatch'
        /** The assertion was used before (RFC 7523 §3, item 7). */
        | 'assertion_replayed'
      readonly clientId: string
      readonly assertion?: AssertionShape
      readonly proof?: Proof
    }
  /** The claim `aud` of an own assertion is not the issuer. */
  | { readonly reason: 'assertion_audience'; readonly clientId: string; readonly issuer: string }
  /** The claim `aud` of a platform's assertion is not the audience of its issuer. */
  | { readonly reason: 'assertion_audience'; readonly clientId: string; readonly assertion: AssertionShape }
  | { readonly reason: 'assertion_expired' | 'assertion_not_yet'; readonly clientId: string }

/**
 * What the caller can see of its assertion. The answer to a failed authentication depends on it alone.
 *
 * - `usual`, `long_lived`: the client signed it. It lives at most 300 seconds, or longer.
 * - `platform`, `platform_other_audience`: a platform signed it. Its `aud` is the issuer of this server, or another one.
 */
export type AssertionShape = 'usual' | 'long_lived' | 'platform' | 'platform_other_audience'

/** Whom an assertion with a good signature proves, for logs. No answer has it. */
export interface Proof {
  /** The proven subject. */
  readonly subject: string
  /** The name of the trusted issuer. */
  readonly issuer: string
  /** The claim that did not match the trust rule, as a path with slashes. */
  readonly claim?: string
}

/** A platform's assertion fits several integrations, so the client must name its own. */
export interface ClientIdNeeded {
  readonly reason: 'client_id_needed'
  readonly clientId: string
}

/** The server cannot decide about an assertion now. A new assertion may pass after the wait. Nothing changed. */
export interface UndecidedAssertion {
  readonly reason: 'assertion_state_unknown' | 'replay_window_crowded' | 'verifications_full' | 'key_source_unavailable'
  readonly clientId: string
  readonly retryAfterSeconds: number
}

/**
 * Too many authentications failed, and this one failed too. A request with right credentials never gets this refusal.
 */
export interface ThrottledRefusal extends Throttling {
  readonly reason: 'too_many_failures'
  readonly clientId: string
  /** Why this authentication failed. */
  readonly failure: AuthenticationRefusal['reason']
}

/** The count of failures that is over its limit. It starts again when the present minute ends. */
export interface Throttling {
  /** The limit of failures in one minute. */
  readonly limit: number
  /** Whole seconds until the count starts again from zero, from 1 to 60. */
  readonly retryAfterSeconds: number
  readonly resetsAt: EpochSeconds
  /** True for the first failure over the limit in this minute. */
  readonly isFirst: boolean
}

/** The client is authenticated, but its request is malformed or not allowed for this client. */
export type GrantRefusal =
  | { readonly reason: 'grant_type_missing'; readonly clientId: string }
  | { readonly reason: 'grant_type_unsupported'; readonly clientId: string }
  | { readonly reason: 'scope_missing'; readonly clientId: string }
  | { readonly reason: 'scope_several'; readonly clientId: string }
  | { readonly reason: 'scope_malformed'; readonly clientId: string }
  | { readonly reason: 'scope_unknown'; readonly clientId: string }
  | { readonly reason: 'scope_not_granted'; readonly clientId: string }

export type IssueRefusal = AuthenticationRefusal | UndecidedAssertion | ClientIdNeeded | GrantRefusal

/** The client tried to revoke a token of another client (RFC 7009 §2.1). */
export interface ForeignTokenRefusal {
  readonly reason: 'token_of_another_client'
  readonly clientId: string
}

/** The client has no resource-server right, so it may follow no slots. */
export interface NothingToFollow {
  readonly reason: 'no_resource_server_right'
  readonly clientId: string
}

/** The server rejected a presented access token. */
export type TokenRefusal =
  | { readonly reason: 'token_missing' }
  /** The claimed client. It is unknown if the reason is `revoked`, which means here that the signing key is revoked. */
  | { readonly reason: 'malformed' | 'bad_signature' | 'revoked' }
  | {
      readonly reason: Reason
      readonly clientId: string
      readonly jti: string
      /** When the token was superseded, if the server knows that. */
      readonly at?: EpochSeconds
      /**
       * The token's generation is above that of its slot. Either the store was set back, or a signing key has leaked.
       */
      readonly newerThanStore?: true
    }
  | {
      readonly reason: 'insufficient_scope'
      readonly required: string
      readonly clientId: string
      readonly jti: string
    }
