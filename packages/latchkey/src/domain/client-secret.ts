// A client secret as the server remembers it: a keyed hash, never the text.
import type { EpochSeconds } from './slot.ts'

export interface ClientSecret {
  /** `sec_…` */
  readonly id: string
  /**
   * HMAC(pepper, SHA-256(secret)): 32 bytes, one character each (Latin-1), which takes a third of a Buffer's memory.
   * Empty once the secret is over for good.
   */
  readonly hash: string
  /** The first second in which it no longer authenticates; undefined while open-ended. */
  readonly endsAt: EpochSeconds | undefined
}

/** Made here, or handed over as a hash: then its text was never known to the server. */
export type SecretOrigin = 'generated' | 'imported'

/** Ended secrets that are still told of, the latest first: enough to see what was rotated when. */
export const MAX_ENDED_SECRETS = 8

/** At most two secrets of an integration authenticate at once: the pair that a rotation overlaps. */
export const MAX_VALID_SECRETS = 2

export const isSecretValid = ({ hash, endsAt }: Pick<ClientSecret, 'hash' | 'endsAt'>, now: EpochSeconds): boolean =>
  hash !== '' && isBeforeEnd({ endsAt }, now)

/** As the wall clock has it. */
export const isBeforeEnd = ({ endsAt }: Pick<ClientSecret, 'endsAt'>, now: EpochSeconds): boolean =>
  endsAt === undefined || now < endsAt

/** Forgets the hashes of those that are over: a step of the wall clock brings none of them back. */
export const withoutHashesOfEnded = (secrets: readonly ClientSecret[], now: EpochSeconds): readonly ClientSecret[] =>
  secrets.map((secret) => (isSecretValid(secret, now) || secret.hash === '' ? secret : { ...secret, hash: '' }))
