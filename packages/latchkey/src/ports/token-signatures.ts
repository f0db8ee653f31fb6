// The port that checks whether the server signed a token. It does not check whether the token is live.
import type { AccessTokenClaims, Result } from '@latchkey/protocol'

export interface TokenSignatures {
  /**
   * Returns the frozen claims of a token that an accepted key signed for our issuer. `malformed`: the text or its
   * claims do not have the form of an access token. `bad_signature`: the key is unknown, the algorithm is not the
   * key's, the signature is wrong, or the issuer is another one. `revoked`: the key is revoked, so the server trusts no
   * claim of the token.
   */
  verify(token: string): Result<AccessTokenClaims, 'malformed' | 'bad_signature' | 'revoked'>
}
