// One attempt to create an integration. If the answer was lost, the same request is sent again.
import type { NewIntegration } from 'latchkey/admin-api'
import { type FormValues, newIntegrationOf } from './integration-form.ts'

export interface CreationAttempt {
  /** The form from which the request was made. */
  readonly text: string
  readonly idempotencyKey: string
  readonly desired: NewIntegration
}

/**
 * Returns the last attempt, with its idempotency key and its body, if the form has not changed since. A new body would
 * differ, because the end of a secret is counted from `now`. The server would refuse another body with the same key.
 */
export function attemptFor(
  last: CreationAttempt | undefined,
  values: FormValues,
  { now, idempotencyKey }: { readonly now: number; readonly idempotencyKey: string },
): CreationAttempt {
  const text = JSON.stringify(values)
  return last?.text === text ? last : { text, idempotencyKey, desired: newIntegrationOf(values, now) }
}

/** Not `crypto.randomUUID`: plain HTTP on an address other than loopback has none. */
export const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
