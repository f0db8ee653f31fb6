// The port that counts requests and their outcomes in memory. Its methods return at once and never throw, so that
// counting cannot make a request fail.
import type { Reason, Scope } from '@latchkey/protocol'
import type { Proof } from '../domain/refusal.ts'
import type { IssuedToken, Requester } from './slots.ts'

/** The endpoints at which a client authenticates, and the endpoint `verify`, at which a caller presents a token. */
export type Endpoint = 'token' | 'introspect' | 'revoke' | 'verify' | 'feed'

/** The authentication methods of clients, by their names in the server metadata (RFC 8414 §2). */
export type AuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** A token request that got a token. */
export interface AnsweredTokenRequest {
  readonly clientId: string
  readonly scope: Scope
  readonly issued: IssuedToken
  readonly requester: Requester
  readonly credentialId: string
  /** The workload that the platform's assertion named. Undefined for other kinds of credentials. */
  readonly subject?: string | undefined
  /**
   * The grace period of the integration in seconds. Undefined if the request did not name the token that it replaces.
   */
  readonly graceSeconds?: number | undefined
}

/** A request that a public endpoint refused. */
export interface RefusedRequest {
  readonly endpoint: Endpoint
  readonly reason: string
  /** The client ID that the caller sent. Undefined if the request has no client ID or a malformed client ID. */
  readonly clientId: string | undefined
  /** `proven` if the reason of the refusal implies that a client with this ID exists. Otherwise `claimed`. */
  readonly client: 'proven' | 'claimed'
  readonly address: string
  readonly requestId: string
  /**
   * The subject and issuer of the assertion. Undefined unless the request contained a platform's assertion with a valid
   * signature.
   */
  readonly proof?: Proof | undefined
}

/** The answer of the verify endpoint: `accepted`, or the reason for the refusal. */
export type AuthDecision = 'accepted' | Reason | 'token_missing' | 'insufficient_scope'

export interface Activity {
  /** Called once for each request whose client was authenticated, even if the server then refused the request. */
  authenticated(method: AuthenticationMethod): void
  /** Called once for each request that got a token, even if several requests share the token. */
  issued(answered: AnsweredTokenRequest): void
  refused(refused: RefusedRequest): void
  /** Called for every token check at the verify endpoint, so the implementation must be very fast. */
  decided(decision: AuthDecision): void
  /**
   * Returns an object that counts the requests of one route of the public listener. `template` is the path of the
   * route, with `{name}` for a variable part.
   */
  route(template: string, endpoint?: Endpoint): RouteMeter
}

export interface RouteMeter {
  /** Counts a request that arrived. Returns the time of the call, which the caller later passes to `answered`. */
  begun(): number
  answered(begunAt: number, method: string, status: number): void
}
