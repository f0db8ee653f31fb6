// A client secret as the server remembers it: a keyed hash, never the text.
import type { EpochSeconds } from './slot.ts'

export interface ClientSecret {
  /** `sec_…` */
  readonly id: string
  /** HMAC(pepper, SHA-256(secret)): 32 bytes, one character each (Latin-1), which takes a third of a Buffer's memory. */
  readonly hash: string
  /** The first second in which it no longer authenticates; undefined while open-ended. */
  readonly endsAt: EpochSeconds | undefined
}

/** At most two secrets of an integration authenticate at once: the pair that a rotation overlaps. */
export const MAX_VALID_SECRETS = 2

export const isSecretValid = (secret: ClientSecret, now: EpochSeconds): boolean =>
  secret.endsAt === undefined || now < secret.endsAt
