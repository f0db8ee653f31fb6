// Computes why an integration needs the attention of an operator. In the list of integrations, a column, the filters
// and the order use these rules.
import { isSecretValid } from './client-secret.ts'
import { isCredentialValid } from './credential.ts'
import type { Integration } from './integration.ts'
import type { EpochSeconds } from './slot.ts'

/** The kinds of reasons, the most urgent first. */
export const ATTENTION_KINDS = ['contended', 'secret_ends', 'refusals_rising', 'rotating', 'unused'] as const
export type AttentionKind = (typeof ATTENTION_KINDS)[number]

export interface AttentionReason {
  readonly kind: AttentionKind
  /**
   * The time that belongs to the reason. `secret_ends`: when the last secret ends or ended. `rotating`: when the older
   * secret ends, or undefined if the older secret has no end. `unused`: the last use of the integration, or its
   * creation if it was never used. Undefined for the other kinds.
   */
  readonly at: EpochSeconds | undefined
}

/** Recent problems with the requests of an integration, as this process has counted them in memory. */
export interface Trouble {
  /** True if several callers replace each other's tokens in a slot of the integration. */
  readonly isContended: boolean
  readonly areRefusalsRising: boolean
}

const DAY = 86_400
const SOON_SECONDS = 14 * DAY
const UNUSED_SECONDS = 90 * DAY

const FEWEST_REFUSALS = 10
const RISE = 2

/**
 * Returns the reasons of all kinds except `unused`, which needs the time of the last use. Returns no reason for a
 * disabled integration.
 */
export function presentReasons(
  { enabled, secrets, credentials }: Pick<Integration, 'enabled' | 'secrets' | 'credentials'>,
  { isContended, areRefusalsRising }: Trouble,
  now: EpochSeconds,
): readonly AttentionReason[] {
  if (!enabled) return []
  const reasons: AttentionReason[] = []
  if (isContended) reasons.push({ kind: 'contended', at: undefined })
  const working = secrets.filter((secret) => isSecretValid(secret, now))
  const lastEnd = lastEndOf(working.length > 0 ? working : secrets)
  // The end of the secret needs no attention if the client can authenticate with a valid key or trust rule.
  const hasKey = credentials.some((credential) => isCredentialValid(credential, now))
  if (!hasKey && lastEnd !== undefined && lastEnd - now < SOON_SECONDS) {
    reasons.push({ kind: 'secret_ends', at: lastEnd })
  }
  if (areRefusalsRising) reasons.push({ kind: 'refusals_rising', at: undefined })
  if (working.length > 1) reasons.push({ kind: 'rotating', at: working[0]?.endsAt })
  return reasons
}

/**
 * Returns the time limit for the reason `unused`: an enabled integration is unused if its last use (or its creation, if
 * it was never used) was before the returned time.
 */
export const unusedBefore = (now: EpochSeconds): EpochSeconds => now - UNUSED_SECONDS

/** @param lastUsedAt the time of the last use, or of the creation for an integration that was never used */
export function attentionReasons(
  integration: Pick<Integration, 'enabled' | 'secrets' | 'credentials'>,
  { trouble, lastUsedAt }: { readonly trouble: Trouble; readonly lastUsedAt: EpochSeconds },
  now: EpochSeconds,
): readonly AttentionReason[] {
  const reasons = presentReasons(integration, trouble, now)
  const isUnused = integration.enabled && lastUsedAt < unusedBefore(now)
  return isUnused ? [...reasons, { kind: 'unused', at: lastUsedAt }] : reasons
}

/**
 * Returns true if the number of refusals in this hour or in the previous hour is at least ten, and at least twice the
 * mean of the earlier hours.
 *
 * @param hours the number of refusals in each hour, the oldest hour first and the present hour last
 */
export function areRising(hours: readonly number[]): boolean {
  const earlier = hours.slice(0, -2)
  const recent = Math.max(0, ...hours.slice(-2))
  const mean = earlier.length === 0 ? 0 : earlier.reduce((sum, count) => sum + count, 0) / earlier.length
  return recent >= FEWEST_REFUSALS && recent >= RISE * mean
}

/** Returns the latest end of the secrets. Undefined if a secret has no end, or if there are no secrets. */
function lastEndOf(secrets: Integration['secrets']): EpochSeconds | undefined {
  const ends = secrets.map(({ endsAt }) => endsAt ?? Infinity)
  const last = Math.max(...ends)
  return Number.isFinite(last) ? last : undefined
}
