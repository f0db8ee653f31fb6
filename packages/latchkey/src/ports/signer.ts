// Makes the text of an access token.
import type { AccessTokenClaims } from '@latchkey/protocol'

export interface Signer {
  /** The key with which `sign` signs what it is given in this turn of the event loop. */
  readonly kid: string
  /**
   * Signs the claims with the key that signs now: a JWT in compact form. The work is done off the main thread.
   * Rejects when it cannot be done, which must never cost a live token.
   */
  sign(claims: AccessTokenClaims): Promise<string>
}
