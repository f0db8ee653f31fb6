// What a manager tells of its work. No event holds a token.
import type { Reason } from '@latchkey/protocol'
import type { TokenError } from './token-error.ts'
import type { TokenIdentity } from './token-identity.ts'

/** The token an event is about, as far as its text tells. */
export interface TokenFacts {
  readonly clientId: string
  readonly scope: string
  readonly jti?: string
  readonly generation?: number
}

export interface TokenEvents {
  /** This manager requested a token and got it. */
  issued: [TokenFacts & { readonly expiresInSeconds: number; readonly why: 'none' | 'refresh' | 'refused' }]
  /** A token that another process had requested was taken from the store. */
  reused: [TokenFacts & { readonly expiresInSeconds: number }]
  /** An API answered 401. `reason` is what it gave in `Latchkey-Reason`. */
  refused: [TokenFacts & { readonly reason?: Reason }]
  /** The token of everybody who shares the store ended before its time: somebody else requested one for this slot. */
  'superseded-by-other': [TokenFacts]
  /** A token request failed. The next one is not sent earlier than `retryInMs`; undefined if there will be none. */
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
