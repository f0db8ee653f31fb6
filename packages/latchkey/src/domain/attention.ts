// Why an integration needs an operator: the one rule behind the list's column, its filters and its order.
import { isSecretValid } from './client-secret.ts'
import { isCredentialValid } from './credential.ts'
import type { Integration } from './integration.ts'
import type { EpochSeconds } from './slot.ts'

/** In the order in which an operator should read them. */
export const ATTENTION_KINDS = ['contended', 'secret_ends', 'refusals_rising', 'rotating', 'unused'] as const
export type AttentionKind = (typeof ATTENTION_KINDS)[number]

export interface AttentionReason {
  readonly kind: AttentionKind
  /**
   * `secret_ends`: when the last secret ends or ended. `rotating`: when the older secret ends. `unused`: the last use, or
   * the creation. Undefined for the other kinds, and for a secret that never ends.
   */
  readonly at: EpochSeconds | undefined
}

/** What the memory of a process knows about the requests of an integration. */
export interface Trouble {
  /** A slot of the integration is in contention. */
  readonly isContended: boolean
  readonly areRefusalsRising: boolean
}

const DAY = 86_400
const SOON_SECONDS = 14 * DAY
const UNUSED_SECONDS = 90 * DAY

const FEWEST_REFUSALS = 10
const RISE = 2

/** Returns the reasons that need no last use: all kinds but `unused`. It is empty for a disabled integration. */
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
  // A client that has moved to a key needs no secret.
  const hasKey = credentials.some((credential) => isCredentialValid(credential, now))
  if (!hasKey && lastEnd !== undefined && lastEnd - now < SOON_SECONDS) {
    reasons.push({ kind: 'secret_ends', at: lastEnd })
  }
  if (areRefusalsRising) reasons.push({ kind: 'refusals_rising', at: undefined })
  if (working.length > 1) reasons.push({ kind: 'rotating', at: working[0]?.endsAt })
  return reasons
}

/** An active integration whose last use, or creation, was before this time is unused. */
export const unusedBefore = (now: EpochSeconds): EpochSeconds => now - UNUSED_SECONDS

/** @param lastUsedAt the last use; the time of creation for an integration that was never used */
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
 * Returns true if the refusals rose in this hour or in the one before: to at least ten, and to twice the mean of the
 * earlier hours.
 *
 * @param hours the refusals of each hour, the oldest first; the last one is now
 */
export function areRising(hours: readonly number[]): boolean {
  const earlier = hours.slice(0, -2)
  const recent = Math.max(0, ...hours.slice(-2))
  const mean = earlier.length === 0 ? 0 : earlier.reduce((sum, count) => sum + count, 0) / earlier.length
  return recent >= FEWEST_REFUSALS && recent >= RISE * mean
}

/** Returns undefined if one of the secrets never ends. */
function lastEndOf(secrets: Integration['secrets']): EpochSeconds | undefined {
  const ends = secrets.map(({ endsAt }) => endsAt ?? Infinity)
  const last = Math.max(...ends)
  return Number.isFinite(last) ? last : undefined
}
