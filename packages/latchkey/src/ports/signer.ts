// The port that signs access tokens.
import type { AccessTokenClaims } from '@latchkey/protocol'

/**
 * Receives the text of a signed token (a JWT in compact form), or `cause` and an empty text if signing failed. Must not
 * throw.
 */
export type Signed = (cause: Error | undefined, text: string) => void

export interface Signer {
  /** The id of the key that `sign` uses until the present turn of the event loop ends. */
  readonly kid: string
  /**
   * Signs the claims with the present key, on another thread. Calls `signed` once, in a later turn of the event loop.
   * The function takes a callback because promises would slow down every token request.
   */
  sign(claims: AccessTokenClaims, signed: Signed): void
}

/** A signer that has its own threads. The caller must end the threads. */
export interface RunningSigner extends Signer {
  /** Ends the threads. Signatures that are not finished fail. */
  close(): Promise<void>
}
