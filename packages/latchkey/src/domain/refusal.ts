// The refusals that the domain and the operations return as values. The HTTP layer turns each refusal into an answer,
// in one exhaustive switch.
import type { Reason } from '@latchkey/protocol'
import type { EpochSeconds } from './slot.ts'

/**
 * The server could not authenticate the client. The HTTP answer is the same for all reasons, so that guessing reveals
 * nothing.
 */
export type AuthenticationRefusal = { readonly reason: 'credentials_missing' } | FailedAuthentication

/** The request had credentials, but the server could not authenticate the client with them. */
export type FailedAuthentication =
  | { readonly reason: 'wrong_secret'; readonly clientId: string }
  | {
      readonly reason:
        | 'unknown_client'
        | 'client_disabled'
        /** The credentials are valid, but the integration does not allow the address of the request. */
        | 'address_not_allowed'
      readonly clientId: string
      /** The shape of the assertion. Undefined if the client sent a secret. */
      readonly assertion?: AssertionShape
      readonly proof?: Proof
    }
  | {
      readonly reason:
        | 'unknown_key'
        | 'bad_assertion_signature'
        | 'credential_ended'
        /** The lifetime of the assertion is longer than its client key or trust rule allows. */
        | 'assertion_lifetime'
        /** The claim `iss` is not the URL of an enabled trusted issuer. */
        | 'unknown_issuer'
        /** No trust rule of the integration matches the claims of the assertion. */
        | 'trust_rule_mismatch'
        /** The assertion was used before (RFC 7523 §3, item 7). */
        | 'assertion_replayed'
      readonly clientId: string
      readonly assertion?: AssertionShape
      readonly proof?: Proof
    }
  /** The client signed the assertion itself, and its claim `aud` is not the issuer of this server. */
  | { readonly reason: 'assertion_audience'; readonly clientId: string; readonly issuer: string }
  /** A platform signed the assertion, and its claim `aud` is not the audience that the trusted issuer must use. */
  | { readonly reason: 'assertion_audience'; readonly clientId: string; readonly assertion: AssertionShape }
  | { readonly reason: 'assertion_expired' | 'assertion_not_yet'; readonly clientId: string }

/**
 * The properties of an assertion that the caller itself can see. The answer to a failed authentication depends only on
 * these, so that the answer reveals nothing about the integration.
 *
 * - `usual`, `long_lived`: the client signed the assertion. Its lifetime is at most 300 seconds (`usual`) or longer
 *   (`long_lived`).
 * - `platform`, `platform_other_audience`: a platform signed the assertion. Its `aud` is the issuer of this server
 *   (`platform`) or a different audience (`platform_other_audience`).
 */
export type AssertionShape = 'usual' | 'long_lived' | 'platform' | 'platform_other_audience'

/**
 * What the server learned from an assertion with a valid signature. Only logs and the audit trail contain these
 * members, never an answer.
 */
export interface Proof {
  /** The key or the trust rule. Undefined if no trust rule matched. */
  readonly credentialId?: string
  /** The proven subject. Undefined if the client signed with its own key. */
  readonly subject?: string
  /** The name of the trusted issuer. */
  readonly issuer?: string
  /**
   * The claim that did not match the trust rule, as a path with slashes. Undefined if the refusal has another reason.
   */
  readonly claim?: string
}

/**
 * Returns the members that the proof adds to a log line or an audit record about a refusal. Empty if there is no proof.
 */
export const proofMembers = ({ credentialId, subject, issuer, claim }: Proof = {}) => ({
  ...(credentialId !== undefined && { credential_id: credentialId }),
  ...(subject !== undefined && { subject }),
  ...(issuer !== undefined && { trusted_issuer: issuer }),
  ...(claim !== undefined && { claim }),
})

/**
 * The assertion of a platform matches the trust rules of several integrations, so the client must send the parameter
 * `client_id`.
 */
export interface ClientIdNeeded {
  readonly reason: 'client_id_needed'
  readonly clientId: string
}

/**
 * The server cannot decide now whether it accepts the assertion. Nothing changed. The client can retry with a new
 * assertion after `retryAfterSeconds`.
 */
export interface UndecidedAssertion {
  readonly reason: 'assertion_state_unknown' | 'replay_window_crowded' | 'verifications_full' | 'key_source_unavailable'
  readonly clientId: string
  readonly retryAfterSeconds: number
}

/**
 * The authentication failed, and too many authentications had failed before. A request with valid credentials never
 * gets this refusal.
 */
export interface ThrottledRefusal extends Throttling {
  readonly reason: 'too_many_failures'
  readonly clientId: string
  /** The reason why the authentication failed. */
  readonly failure: AuthenticationRefusal['reason']
}

/** A count of failed authentications that is over its limit. The count returns to zero when the present minute ends. */
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
  | { readonly reason: 'replaces_malformed'; readonly clientId: string }

export type IssueRefusal = AuthenticationRefusal | UndecidedAssertion | ClientIdNeeded | GrantRefusal

/** The client tried to revoke a token that was issued to another client (RFC 7009 §2.1). */
export interface ForeignTokenRefusal {
  readonly reason: 'token_of_another_client'
  readonly clientId: string
}

/** The client has no resource-server right, so it may not read the feed of any slot. */
export interface NothingToFollow {
  readonly reason: 'no_resource_server_right'
  readonly clientId: string
}

/** The server rejected a presented access token. */
export type TokenRefusal =
  | { readonly reason: 'token_missing' }
  /**
   * The server does not trust the claims, so the refusal names no client. Here, `revoked` means that the signing key of
   * the token is revoked.
   */
  | { readonly reason: 'malformed' | 'bad_signature' | 'revoked' }
  | {
      readonly reason: Reason
      readonly clientId: string
      readonly jti: string
      /** When the token was superseded. Undefined if the server does not know the time. */
      readonly at?: EpochSeconds
      /**
       * True if the token has a higher generation than its slot. Either the store was restored from an older backup, or
       * a signing key has leaked.
       */
      readonly newerThanStore?: true
    }
  | {
      readonly reason: 'insufficient_scope'
      readonly required: string
      readonly clientId: string
      readonly jti: string
    }
