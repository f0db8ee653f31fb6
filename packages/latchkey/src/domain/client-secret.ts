// The record by which the server checks a client secret. It contains a keyed hash of the secret, never its text.
import type { EpochSeconds } from './slot.ts'

export interface ClientSecret {
  /** The id, which begins with `sec_`. */
  readonly id: string
  /**
   * HMAC(pepper, SHA-256(secret)): 32 bytes as a string of Latin-1 characters, because a Buffer would need three times
   * the memory. Empty after the secret has ended.
   */
  readonly hash: string
  /** The first second in which the secret is rejected. Undefined if the secret has no end. */
  readonly endsAt: EpochSeconds | undefined
}

/**
 * The origin of a secret. `imported`: the operator supplied only a hash, so the server never had the text of the
 * secret.
 */
export type SecretOrigin = 'generated' | 'imported'

/**
 * The number of ended secrets of an integration that the server keeps, so that operators see when secrets were rotated.
 */
export const MAX_ENDED_SECRETS = 8

/** An integration has at most two valid secrets, the old secret and the new secret of a rotation. */
export const MAX_VALID_SECRETS = 2

export const isSecretValid = ({ hash, endsAt }: Pick<ClientSecret, 'hash' | 'endsAt'>, now: EpochSeconds): boolean =>
  hash !== '' && isBeforeEnd({ endsAt }, now)

/** Returns true if `now` is before the end of the secret, or if the secret has no end. */
export const isBeforeEnd = ({ endsAt }: Pick<ClientSecret, 'endsAt'>, now: EpochSeconds): boolean =>
  endsAt === undefined || now < endsAt

/** Removes the hashes of ended secrets, so that the secrets stay invalid even if the wall clock is set back. */
export const withoutHashesOfEnded = (secrets: readonly ClientSecret[], now: EpochSeconds): readonly ClientSecret[] =>
  secrets.map((secret) => (isSecretValid(secret, now) || secret.hash === '' ? secret : { ...secret, hash: '' }))
