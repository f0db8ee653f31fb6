// Decides by the last use of a credential whether an operator can end it safely. All kinds of credentials count together.
import { isBeforeEnd } from './client-secret.ts'
import type { EpochSeconds } from './slot.ts'

/** A credential and its last use. */
export interface UsedCredential {
  readonly id: string
  readonly createdAt: EpochSeconds
  readonly endsAt: EpochSeconds | undefined
  readonly lastUsedAt: EpochSeconds | undefined
}

/** A program that runs once a day has used its credential within this many seconds. */
export const QUIET_SECONDS = 86_400

export type Retirement =
  | 'ended_already'
  | 'only_credential'
  | 'recently_used'
  /** The credential is unused and less than a day old: the program may not have it yet. */
  | 'recently_made'
  /** The credential was unused for a day, and so were all others: the program may not have run. */
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
