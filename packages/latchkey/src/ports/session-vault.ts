// The port that makes the random texts for sessions and set-up links. The store has only their hashes.
import type { Secret } from '@latchkey/protocol'

export interface NewBearerText {
  /** The text of a session cookie: 256 random bits in base64url. */
  readonly text: Secret
  readonly hash: string
}

export interface SessionVault {
  newSession(): NewBearerText
  hashOfSession(text: Secret): string
  /** Makes the code of a set-up link. */
  newCode(): NewBearerText
  hashOfCode(text: Secret): string
}
