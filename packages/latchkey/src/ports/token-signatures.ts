// Tells a token that we signed from every other text. Says nothing about whether it is still live.
import type { AccessTokenClaims, Result } from '@latchkey/protocol'

export interface TokenSignatures {
  /**
   * The claims, frozen, of a token signed by a key that is accepted now, for our issuer. `malformed`: not the shape of an
   * access token, or not its claims. `bad_signature`: unknown key, another algorithm than the key's, a signature that
   * does not fit, or another issuer. `revoked`: signed by a key of ours that is revoked; what it says is worth nothing.
   */
  verify(token: string): Result<AccessTokenClaims, 'malformed' | 'bad_signature' | 'revoked'>
}
