// Decides by the last use of a secret whether an operator can end it safely.
import { isBeforeEnd } from './client-secret.ts'
import type { EpochSeconds } from './slot.ts'

/** A secret and its last use. */
export interface UsedSecret {
  readonly id: string
  readonly createdAt: EpochSeconds
  readonly endsAt: EpochSeconds | undefined
  readonly lastUsedAt: EpochSeconds | undefined
}

/** A program that runs once a day has used its secret within this many seconds. */
export const QUIET_SECONDS = 86_400

export type Retirement =
  | 'ended_already'
  | 'only_secret'
  | 'recently_used'
  /** The secret is unused and less than a day old: the program may not have it yet. */
  | 'recently_made'
  /** The secret was unused for a day, and so were all others: the program may not have run. */
  | 'nothing_used_since'
  | 'replaced'

export function safeToRetire(secret: UsedSecret, others: readonly UsedSecret[], now: EpochSeconds): Retirement {
  const isValid = (one: UsedSecret) => isBeforeEnd(one, now)
  if (!isValid(secret)) return 'ended_already'
  const valid = others.filter(isValid)
  if (valid.length === 0) return 'only_secret'
  const { lastUsedAt, createdAt } = secret
  if (lastUsedAt !== undefined && now - lastUsedAt < QUIET_SECONDS) return 'recently_used'
  if (lastUsedAt === undefined && now - createdAt < QUIET_SECONDS) return 'recently_made'
  const quietSince = lastUsedAt ?? createdAt
  const isReplaced = valid.some((other) => other.lastUsedAt !== undefined && other.lastUsedAt > quietSince)
  return isReplaced ? 'replaced' : 'nothing_used_since'
}
