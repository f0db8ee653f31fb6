// Decides from the last uses of an integration's credentials whether an operator can end a credential safely. Secrets,
// client keys and trust rules are treated alike.
import { isBeforeEnd } from './client-secret.ts'
import type { EpochSeconds } from './slot.ts'

/** A credential and its last use. */
export interface UsedCredential {
  readonly id: string
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
  | 'recently_used'
  /** The credential was never used and is less than a day old, so the program may not have received it yet. */
  | 'recently_made'
  /** No other credential was used after the last use of this credential, so the program may just not have run. */
  | 'nothing_used_since'
  | 'replaced'

export function safeToRetire(
  credential: UsedCredential,
  others: readonly UsedCredential[],
  now: EpochSeconds,
): Retirement {
  const isValid = (one: UsedCredential) => isBeforeEnd(one, now)
  if (!isValid(credential)) return 'ended_already'
  const valid = others.filter(isValid)
  if (valid.length === 0) return 'only_credential'
  const { lastUsedAt, createdAt } = credential
  if (lastUsedAt !== undefined && now - lastUsedAt < QUIET_SECONDS) return 'recently_used'
  if (lastUsedAt === undefined && now - createdAt < QUIET_SECONDS) return 'recently_made'
  const quietSince = lastUsedAt ?? createdAt
  const isReplaced = valid.some((other) => other.lastUsedAt !== undefined && other.lastUsedAt > quietSince)
  return isReplaced ? 'replaced' : 'nothing_used_since'
}
