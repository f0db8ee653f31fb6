// The texts that sessions and set-up links are known by: made of chance, kept as hashes only.
import type { Secret } from '@latchkey/protocol'

export interface NewBearerText {
  /** 256 random bits in base64url. */
  readonly text: Secret
  readonly hash: string
}

export interface SessionVault {
  newSession(): NewBearerText
  hashOfSession(text: Secret): string
  /** The code of a set-up link. */
  newCode(): NewBearerText
  hashOfCode(text: Secret): string
}
