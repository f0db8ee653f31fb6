// The port that records the use of a client assertion without an issuance.
import type { Result } from '@latchkey/protocol'
import type { AuthenticatedClient } from '../domain/admission.ts'
import type { AuthenticationRefusal, UndecidedAssertion } from '../domain/refusal.ts'
import type { Requester } from './slots.ts'

export interface AssertionUses {
  /**
   * Records the use in a commit of its own and answers when the commit is durable. Refuses an assertion that was used
   * before, and a client that lost its right in the meantime. Rejects with `StoreUnavailable`.
   */
  record(
    client: AuthenticatedClient,
    requester: Requester,
  ): Promise<Result<void, AuthenticationRefusal | UndecidedAssertion>>
}
