// A client secret as the server stores it: a keyed hash, never the text of the secret.
import type { EpochSeconds } from './slot.ts'

export interface ClientSecret {
  /** `sec_…` */
  readonly id: string
  /**
   * HMAC(pepper, SHA-256(secret)): 32 bytes as a string of Latin-1 characters, which needs a third of the memory of a
   * Buffer. Empty after the secret has ended.
   */
  readonly hash: string
  /** The first second in which the secret is rejected. Undefined if the secret has no end. */
  readonly endsAt: EpochSeconds | undefined
}

/** `imported`: the operator supplied only the hash, so the server never had the text. */
export type SecretOrigin = 'generated' | 'imported'

/**
 * The number of ended secrets of an integration that the server keeps, so that operators see when secrets were rotated.
 */
export const MAX_ENDED_SECRETS = 8

/** An integration has at most two valid secrets: the old and the new one during a rotation. */
export const MAX_VALID_SECRETS = 2

export const isSecretValid = ({ hash, endsAt }: Pick<ClientSecret, 'hash' | 'endsAt'>, now: EpochSeconds): boolean =>
  hash !== '' && isBeforeEnd({ endsAt }, now)

/** Returns true if the secret has not ended at `now`, by the wall clock. */
export const isBeforeEnd = ({ endsAt }: Pick<ClientSecret, 'endsAt'>, now: EpochSeconds): boolean =>
  endsAt === undefined || now < endsAt

/** Removes the hashes of ended secrets, so that no step of the wall clock makes them valid again. */
export const withoutHashesOfEnded = (secrets: readonly ClientSecret[], now: EpochSeconds): readonly ClientSecret[] =>
  secrets.map((secret) => (isSecretValid(secret, now) || secret.hash === '' ? secret : { ...secret, hash: '' }))
