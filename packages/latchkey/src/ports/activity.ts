// What the server notices of its own work while it works: counted in memory, never waited for, never in the way.
import type { Reason, Scope } from '@latchkey/protocol'
import type { IssuedToken, Requester } from './slots.ts'

/** The endpoints at which a client authenticates, and the one at which a token is presented. */
export type Endpoint = 'token' | 'introspect' | 'revoke' | 'verify' | 'feed'

/** A token request that was answered with a token. */
export interface AnsweredTokenRequest {
  readonly clientId: string
  readonly scope: Scope
  readonly issued: IssuedToken
  readonly requester: Requester
  readonly secretId: string
}

/** A request at a public endpoint that was refused. */
export interface RefusedRequest {
  readonly endpoint: Endpoint
  readonly reason: string
  /** As the caller gave it, when it has the shape of one; undefined when none was named. */
  readonly clientId: string | undefined
  /** Whether that client exists, as far as the refusal proves it. */
  readonly client: 'proven' | 'claimed'
  readonly address: string
  readonly requestId: string
}

/** What verify answered: `accepted`, or why not. */
export type AuthDecision = 'accepted' | Reason | 'token_missing' | 'insufficient_scope'

export interface Activity {
  /** One call for each request, also for those that shared a token. */
  issued(answered: AnsweredTokenRequest): void
  refused(refused: RefusedRequest): void
  /** Costs next to nothing: it is called for every verification. */
  decided(decision: AuthDecision): void
  /** A meter for one route of the public listener, named by its path, with `{name}` for what is configured or asked. */
  route(template: string, endpoint?: Endpoint): RouteMeter
}

export interface RouteMeter {
  /** A request is here. Returns when it came, for `answered`. */
  begun(): number
  answered(begunAt: number, method: string, status: number): void
}
