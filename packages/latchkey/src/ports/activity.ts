// The port that counts the server's work in memory. Its methods return at once and never make a request fail.
import type { Reason, Scope } from '@latchkey/protocol'
import type { IssuedToken, Requester } from './slots.ts'

/** The endpoints where a client authenticates, and `verify`, where a caller presents a token. */
export type Endpoint = 'token' | 'introspect' | 'revoke' | 'verify' | 'feed'

/** How a client authenticated a request, by its name in the metadata (RFC 8414 §2). */
export type AuthenticationMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** A token request that got a token. */
export interface AnsweredTokenRequest {
  readonly clientId: string
  readonly scope: Scope
  readonly issued: IssuedToken
  readonly requester: Requester
  readonly credentialId: string
  /** Whom a platform's assertion proved. Undefined for other kinds of credentials. */
  readonly subject?: string | undefined
}

/** A request that a public endpoint refused. */
export interface RefusedRequest {
  readonly endpoint: Endpoint
  readonly reason: string
  /** The client ID that the caller sent. Undefined if the request has none or it is malformed. */
  readonly clientId: string | undefined
  /** `proven` if the request could be refused in this way only because the client exists. */
  readonly client: 'proven' | 'claimed'
  readonly address: string
  readonly requestId: string
}

/** The answer of the verify endpoint: `accepted`, or the reason for the refusal. */
export type AuthDecision = 'accepted' | Reason | 'token_missing' | 'insufficient_scope'

export interface Activity {
  /** Called once for each request whose client was authenticated, also if the request was then refused. */
  authenticated(method: AuthenticationMethod): void
  /** Called once for each request that got a token, even if several requests share the token. */
  issued(answered: AnsweredTokenRequest): void
  refused(refused: RefusedRequest): void
  /** Called for every verification, so implementations must be very cheap. */
  decided(decision: AuthDecision): void
  /**
   * Returns the meter for one route of the public listener. `template` is its path, with `{name}` for a variable part.
   */
  route(template: string, endpoint?: Endpoint): RouteMeter
}

export interface RouteMeter {
  /** Notes that a request arrived. Returns the moment, to be passed to `answered`. */
  begun(): number
  answered(begunAt: number, method: string, status: number): void
}
