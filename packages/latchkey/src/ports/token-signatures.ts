// The port that checks whether the server signed a token. Other code checks whether the token is live.
import type { AccessTokenClaims, Result } from '@latchkey/protocol'

export interface TokenSignatures {
  /**
   * Returns the frozen claims of a token that an accepted signing key of this issuer signed. `malformed`: the text or
   * its claims do not have the form of an access token. `bad_signature`: the key is unknown, the algorithm is not the
   * algorithm of the key, the signature is wrong, or `iss` is not this issuer. `revoked`: the signing key is revoked,
   * so the server trusts no claim of the token.
   */
  verify(token: string): Result<AccessTokenClaims, 'malformed' | 'bad_signature' | 'revoked'>
}
