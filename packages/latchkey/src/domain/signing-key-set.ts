// Changes of the whole set of signing keys. Exactly one key signs before and after each.
import { isAccepted, type SigningKeyRecord } from './signing-key.ts'
import type { EpochSeconds } from './slot.ts'

/**
 * The set in which `incoming` signs from now on. The key that signed so far stays accepted until the last token it
 * signed is over; keys that are past that are left out.
 */
export const signWith = (
  keys: readonly SigningKeyRecord[],
  incoming: SigningKeyRecord,
  now: EpochSeconds,
  longestLifetimeSeconds: number,
): readonly SigningKeyRecord[] => [
  ...keys
    .filter((key) => isAccepted(key, now))
    .map((key) =>
      key.status === 'signing'
        ? { ...key, status: 'retired' as const, acceptedUntil: now + longestLifetimeSeconds }
        : key,
    ),
  incoming,
]
