// The port that signs access tokens.
import type { AccessTokenClaims } from '@latchkey/protocol'

/**
 * Receives the text of a token, a JWT in compact form. If signing failed, it receives `cause` and an empty text. It
 * must not throw.
 */
export type Signed = (cause: Error | undefined, text: string) => void

export interface Signer {
  /** The id of the key that `sign` uses until the present turn of the event loop ends. */
  readonly kid: string
  /**
   * Signs the claims with the present key, off the main thread. Calls `signed` once, in a later turn of the event loop.
   * It takes a callback, because a callback is cheaper than a promise and every token request is signed here.
   */
  sign(claims: AccessTokenClaims, signed: Signed): void
}

/** A signer that has its own threads. */
export interface RunningSigner extends Signer {
  /** Ends the threads. Signatures that are not finished fail. */
  close(): Promise<void>
}
