// The count of failed client authentications, by where they came from.
import type { Throttling } from '../domain/refusal.ts'

export interface FailedAuthentications {
  /** Counts one failure. Undefined while its address, and its address with this client ID, are within their limits. */
  count(address: string, clientId: string): Throttling | undefined
}
