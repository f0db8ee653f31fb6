// Decides from the last uses of an integration's credentials whether an operator can end a credential safely. Secrets,
// client keys and trust rules are treated alike.
import { isBeforeEnd } from './client-secret.ts'
import type { EpochSeconds } from './slot.ts'

/** The times of a credential, including its last use. */
export interface UsedCredential {
  readonly id: string
  /**
   * False for a trust rule whose issuer is disabled: no client can authenticate with the rule until the issuer is
   * enabled again.
   */
  readonly isEnabled: boolean
  readonly createdAt: EpochSeconds
  readonly endsAt: EpochSeconds | undefined
  readonly lastUsedAt: EpochSeconds | undefined
}

/**
 * The number of seconds without a use after which a credential counts as unused: one day, so that a program that runs
 * once a day has used its credential.
 */
export const QUIET_SECONDS = 86_400

export type Retirement =
  | 'ended_already'
  | 'only_credential'
  /** The credential is a trust rule whose issuer is disabled. */
  | 'issuer_disabled'
  | 'recently_used'
  /** The credential was never used and is less than a day old, so the program may not have received it yet. */
  | 'recently_made'
  /** No other credential was used after the last use of this credential, so the program may just not have run. */
  | 'nothing_used_since'
  /**
   * Each credential that was used after the last use of this credential ends before this credential does. The programs
   * that use such a credential will then need this credential or a new one.
   */
  | 'replacement_ends'
  | 'replaced'

export function safeToRetire(
  credential: UsedCredential,
  others: readonly UsedCredential[],
  now: EpochSeconds,
): Retirement {
  const isValid = (one: UsedCredential) => isBeforeEnd(one, now)
  if (!isValid(credential)) return 'ended_already'
  if (!credential.isEnabled) return 'issuer_disabled'
  const working = others.filter((other) => other.isEnabled && isValid(other))
  if (working.length === 0) return 'only_credential'
  const { lastUsedAt, createdAt } = credential
  if (lastUsedAt !== undefined && now - lastUsedAt < QUIET_SECONDS) return 'recently_used'
  if (lastUsedAt === undefined && now - createdAt < QUIET_SECONDS) return 'recently_made'
  const quietSince = lastUsedAt ?? createdAt
  const usedSince = working.filter((other) => other.lastUsedAt !== undefined && other.lastUsedAt > quietSince)
  if (usedSince.length === 0) return 'nothing_used_since'
  return usedSince.some((other) => endOf(other) >= endOf(credential)) ? 'replaced' : 'replacement_ends'
}

const endOf = ({ endsAt }: UsedCredential): EpochSeconds => endsAt ?? Infinity
