// The port that signs access tokens.
import type { AccessTokenClaims } from '@latchkey/protocol'

/**
 * Receives the text of a token, a JWT in compact form. If signing failed, it receives `cause` and an empty text. It
 * must not throw.
 */
export type Signed = (cause: Error | undefined, text: string) => void

export interface Signer {
  /** The id of the key that `sign` uses in this turn of the event loop. */
  readonly kid: string
  /**
   * Signs the claims with the present key, off the main thread. Calls `signed` once, in a later turn of the event loop.
   * A callback is cheaper than a promise, and every token request comes through here.
   */
  sign(claims: AccessTokenClaims, signed: Signed): void
}

/** A signer that has its own threads. */
export interface RunningSigner extends Signer {
  /** Ends the threads. Pending signatures fail. */
  close(): Promise<void>
}
