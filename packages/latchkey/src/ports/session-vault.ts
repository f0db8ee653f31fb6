// The port that generates the random texts for sessions and set-up links. The store contains only the hashes of the
// texts.
import type { Secret } from '@latchkey/protocol'

export interface NewBearerText {
  /** The text of a session cookie or of a set-up link: 256 random bits in base64url. */
  readonly text: Secret
  readonly hash: string
}

export interface SessionVault {
  newSession(): NewBearerText
  hashOfSession(text: Secret): string
  /** Generates the code of a set-up link. */
  newCode(): NewBearerText
  hashOfCode(text: Secret): string
}
