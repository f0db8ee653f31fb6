// Why the server says no: values made here and in operations, turned into the wire form by one exhaustive switch.
import type { Reason } from '@latchkey/protocol'
import type { EpochSeconds } from './slot.ts'

/** The client could not be authenticated. One public answer for all, so that a caller learns nothing. */
export type AuthenticationRefusal =
  | { readonly reason: 'credentials_missing' }
  | { readonly reason: 'unknown_client'; readonly clientId: string }
  | { readonly reason: 'wrong_secret'; readonly clientId: string }
  | { readonly reason: 'client_disabled'; readonly clientId: string }
  /** Right credentials, from an address that the integration does not allow. */
  | { readonly reason: 'address_not_allowed'; readonly clientId: string }

/** The client could not be authenticated, once more: there were too many such failures. Right credentials never get this. */
export interface ThrottledRefusal extends Throttling {
  readonly reason: 'too_many_failures'
  readonly clientId: string
  /** Why it failed this time. */
  readonly failure: AuthenticationRefusal['reason']
}

/** Failures are beyond their limit until the current minute of theirs is over. */
export interface Throttling {
  /** How many failures one minute may have. */
  readonly limit: number
  /** Whole seconds until failures are counted from zero again, 1 to 60. */
  readonly retryAfterSeconds: number
  readonly resetsAt: EpochSeconds
  /** The first failure of this minute beyond the limit. */
  readonly isFirst: boolean
}

/** An authenticated client asked for what it cannot have. */
export type GrantRefusal =
  | { readonly reason: 'grant_type_missing'; readonly clientId: string }
  | { readonly reason: 'grant_type_unsupported'; readonly clientId: string }
  | { readonly reason: 'scope_missing'; readonly clientId: string }
  | { readonly reason: 'scope_several'; readonly clientId: string }
  | { readonly reason: 'scope_malformed'; readonly clientId: string }
  | { readonly reason: 'scope_unknown'; readonly clientId: string }
  | { readonly reason: 'scope_not_granted'; readonly clientId: string }

export type IssueRefusal = AuthenticationRefusal | GrantRefusal

/** The revocation of a token that was issued to another client (RFC 7009 §2.1). */
export interface ForeignTokenRefusal {
  readonly reason: 'token_of_another_client'
  readonly clientId: string
}

/** Only who may introspect the tokens of others may follow their slots. */
export interface NothingToFollow {
  readonly reason: 'no_resource_server_right'
  readonly clientId: string
}

/** A presented access token that does not open the door. */
export type TokenRefusal =
  | { readonly reason: 'token_missing' }
  /** Nothing is known of who sent it. `revoked` is the signing key here. */
  | { readonly reason: 'malformed' | 'bad_signature' | 'revoked' }
  | {
      readonly reason: Reason
      readonly clientId: string
      readonly jti: string
      /** When it was superseded, as far as that is known. */
      readonly at?: EpochSeconds
      /** Its generation is above its slot's: the store is older than it was, or a signing key has leaked. */
      readonly newerThanStore?: true
    }
  | {
      readonly reason: 'insufficient_scope'
      readonly required: string
      readonly clientId: string
      readonly jti: string
    }
