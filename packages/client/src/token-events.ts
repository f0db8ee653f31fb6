// The events of a token manager. No event contains a token.
import type { Reason } from '@latchkey/protocol'
import type { TokenError } from './token-error.ts'
import type { TokenIdentity } from './token-identity.ts'

/** Identifies the token of an event. A member is undefined if the text of the token does not contain it. */
export interface TokenFacts {
  /** The client. */
  readonly clientId: string
  /** The scope. */
  readonly scope: string
  /** The claim `jti`. Undefined if the token is opaque. */
  readonly jti?: string
  /** The claim `gen`. Undefined if the token is opaque. */
  readonly generation?: number
}

/**
 * The events of a {@link TokenManager}, by name, with the arguments of a listener. No event contains a token.
 * Listeners run in a microtask of their own: an error that one throws is an uncaught exception.
 *
 * @example
 * ```ts
 * import { createTokenManager } from '@latchkey/client'
 *
 * const tokens = createTokenManager({
 *   issuer: 'https://auth.example.com/oauth2/default',
 *   clientId: 'lk0123456789abcd',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 *   scope: 'machinelearning.predict',
 * })
 * tokens.on('superseded-by-other', ({ scope }) => {
 *   console.warn(`another program requests tokens for ${scope} with the same credentials`)
 * })
 * ```
 */
export interface TokenEvents {
  /**
   * This manager requested a token and received it. `why` is the reason of the request: it had no token, it was time to
   * renew, or an API refused the last token.
   */
  issued: [TokenFacts & { readonly expiresInSeconds: number; readonly why: 'none' | 'refresh' | 'refused' }]
  /** Another process had requested a token, and the manager took it from the store. */
  reused: [TokenFacts & { readonly expiresInSeconds: number }]
  /** An API answered 401. `reason` is the value of its header `Latchkey-Reason`. */
  refused: [TokenFacts & { readonly reason?: Reason }]
  /**
   * The shared token ended before its expiry: a program that does not share the store requested a token for the same
   * client and scope.
   */
  'superseded-by-other': [TokenFacts]
  /**
   * A token request failed. The next request is sent after `retryInMs` at the earliest. `retryInMs` is undefined if the
   * manager sends no further request.
   */
  failed: [
    { readonly clientId: string; readonly scope: string; readonly error: TokenError; readonly retryInMs?: number },
  ]
}

export const factsOf = (
  client: { clientId: string; scope: string },
  { jti, gen }: Partial<TokenIdentity>,
): TokenFacts => ({
  clientId: client.clientId,
  scope: client.scope,
  ...(jti !== undefined && { jti }),
  ...(gen !== undefined && { generation: gen }),
})
