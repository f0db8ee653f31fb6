// "Is this secret still in use?": what its last use says about ending it.
import { isBeforeEnd } from './client-secret.ts'
import type { EpochSeconds } from './slot.ts'

/** What is known of a secret's use. */
export interface UsedSecret {
  readonly id: string
  readonly createdAt: EpochSeconds
  readonly endsAt: EpochSeconds | undefined
  readonly lastUsedAt: EpochSeconds | undefined
}

/** Programs that fetch a token for each run of a day have been seen once more after this long. */
export const QUIET_SECONDS = 86_400

export type Retirement =
  | 'ended_already'
  | 'only_secret'
  | 'recently_used'
  /** Made within a day and not used yet: whoever is to use it may not have it yet. */
  | 'recently_made'
  /** Quiet for a day, but no other secret was used since: the program may simply not have run. */
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
