// The port that counts failed client authentications for each network address and client ID.
import type { Throttling } from '../domain/refusal.ts'

export interface FailedAuthentications {
  /**
   * Counts one failure for the address, and one for the address with this client ID. Returns undefined while both
   * counts are within their limits.
   */
  count(address: string, clientId: string): Throttling | undefined
}
