// The port that counts failed client authentications for each network address and client ID.
import type { Throttling } from '../domain/refusal.ts'

export interface FailedAuthentications {
  /**
   * Counts one failure for the network of the address, and one failure for the network together with this client ID.
   * Returns the count that is over its limit. Undefined while both counts are within their limits.
   */
  count(address: string, clientId: string): Throttling | undefined
}
