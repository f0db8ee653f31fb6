// The current step of a rotation of the signing key.
import type { SigningKey } from 'latchkey/admin-api'

export type RotationStep =
  /** No rotation is in progress. `sinceMs` is how long the current key has signed. Undefined if no key signs. */
  | { readonly step: 'idle'; readonly sinceMs: number | undefined }
  /** The next key is published. It signs after `leftMs`. */
  | { readonly step: 'wait'; readonly leftMs: number }
  /** The new key signs. The last retired key is accepted for `leftMs`. */
  | { readonly step: 'retire'; readonly leftMs: number }

export function rotationStep(keys: readonly SigningKey[], now: number): RotationStep {
  const next = keys.find(({ status }) => status === 'next')
  if (next !== undefined) return { step: 'wait', leftMs: Date.parse(next.signs_from) - now }
  const [last] = keys
    .flatMap(({ status, accepted_until: until }) => (status === 'retired' && until !== null ? [Date.parse(until)] : []))
    .filter((until) => until > now)
    .toSorted((one, other) => other - one)
  if (last !== undefined) return { step: 'retire', leftMs: last - now }
  const signing = keys.find(({ status }) => status === 'signing')
  return { step: 'idle', sinceMs: signing && now - Date.parse(signing.signs_from) }
}
