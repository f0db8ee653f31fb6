// One token request among those that share an issuance.
import type { Result } from '@latchkey/protocol'
import type { IssueRefusal } from '../domain/refusal.ts'
import type { Generation } from '../domain/slot.ts'
import type { IssueAttempt, IssuedToken } from '../ports/slots.ts'

export interface Sharer {
  readonly attempt: IssueAttempt
  /** Monotonic milliseconds. */
  readonly askedAt: number
  /**
   * The slot's generation when another replica's token came before this request's, read after the request had come. A
   * live token of a later one was made while this request waited: it is as good an answer as one of its own.
   */
  overtakenAt?: Generation
  readonly resolve: (outcome: Result<IssuedToken, IssueRefusal>) => void
  readonly reject: (cause: Error) => void
}
