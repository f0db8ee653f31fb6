// One token request among those that share an issuance.
import type { Result } from '@latchkey/protocol'
import type { IssueRefusal } from '../../domain/refusal.ts'
import type { IssueAttempt, IssuedToken } from '../../ports/slots.ts'

export interface Sharer {
  readonly attempt: IssueAttempt
  /** Monotonic milliseconds. */
  readonly askedAt: number
  readonly resolve: (outcome: Result<IssuedToken, IssueRefusal>) => void
  readonly reject: (cause: Error) => void
}
