// The verdict on a presented access token, in the terms that headers, metrics and pages of the console share.

/**
 * The reasons why a token is refused, in the order in which they are checked. The first reason that applies is given.
 *
 * @example
 * ```ts
 * import { REASONS } from '@latchkey/protocol'
 *
 * console.log(REASONS.indexOf('superseded') < REASONS.indexOf('expired')) // true
 * ```
 */
export const REASONS = [
  'malformed',
  'bad_signature',
  'wrong_audience',
  'unknown',
  'integration_disabled',
  'revoked',
  'superseded',
  'expired',
] as const

/** Why a token is refused: one of {@link REASONS}. The value of the header `Latchkey-Reason`. */
export type Reason = (typeof REASONS)[number]

/** `live`, or the reason why the token is refused. */
export type Standing = 'live' | Reason

const DESCRIPTIONS: Record<Reason, string> = {
  malformed: 'The token is malformed',
  bad_signature: 'The token is not signed by a key of this issuer',
  wrong_audience: 'The token is meant for another audience',
  unknown: 'The token is not on record',
  integration_disabled: 'The integration is disabled',
  revoked: 'The token was revoked',
  superseded: 'The token was superseded by a newer one',
  expired: 'The token has expired',
}

/**
 * Returns the `error_description` (RFC 6750 §3) for a reason.
 *
 * @param known `at` is the RFC 3339 time of the supersession, if it is known. Only the text of `superseded` mentions
 * the time.
 *
 * @example
 * ```ts
 * import { describeReason } from '@latchkey/protocol'
 *
 * console.log(describeReason('revoked')) // The token was revoked
 * ```
 */
export function describeReason(reason: Reason, known: { readonly at?: string } = {}): string {
  const description = DESCRIPTIONS[reason]
  return reason === 'superseded' && known.at !== undefined ? `${description} at ${known.at}` : description
}
