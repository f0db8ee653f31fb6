// The port that counts failed client authentications for each network address and client ID.
import type { Throttling } from '../domain/refusal.ts'

export interface FailedAuthentications {
  /**
   * Counts one failure. Undefined while both counts are within their limits: the address's, and the address's for this
   * client ID.
   */
  count(address: string, clientId: string): Throttling | undefined
}
