// The port that records the use of a client assertion in a request that issues no token.
import type { Result } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import type { AuthenticationRefusal, UndecidedAssertion } from '../domain/refusal.ts'
import type { Requester } from './slots.ts'

export interface AssertionUses {
  /**
   * Records the use, and resolves when the record is durable. Refuses if the assertion was used before, or if the
   * client may no longer authenticate. Rejects with `StoreUnavailable`.
   */
  record(
    client: AuthenticatedClient,
    requester: Requester,
  ): Promise<Result<void, AuthenticationRefusal | UndecidedAssertion>>
}
