// Makes the text of an access token.
import type { AccessTokenClaims } from '@latchkey/protocol'

/**
 * Gets the text of a token, a JWT in compact form, or the reason why there is none: then `text` is empty. It must not
 * throw.
 */
export type Signed = (cause: Error | undefined, text: string) => void

export interface Signer {
  /** The key with which `sign` signs what it is given in this turn of the event loop. */
  readonly kid: string
  /**
   * Signs the claims with the key that signs now, off the main thread. Calls `signed` once, in a later turn of the event
   * loop. A failure must never cost a live token. A callback and no promise: every token passes here.
   */
  sign(claims: AccessTokenClaims, signed: Signed): void
}

/** A signer with threads of its own. */
export interface RunningSigner extends Signer {
  /** Ends the threads. Tokens that wait for their signature fail. */
  close(): Promise<void>
}
