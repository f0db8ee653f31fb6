// The token requests that wait for their commit: how many there are, and the one answer of each.
import type { PendingRequest } from '../domain/judge-issuance.ts'
import type { Resolvers } from '../domain/resolvers.ts'
import type { Generation } from '../domain/slot.ts'
import type { IssueAttempt, IssueOutcome } from '../ports/slots.ts'
import { StoreUnavailable } from '../ports/store.ts'

/** About half a second of work. More would only wait for the deadline: they are told at once to ask again. */
const MOST_WAITING = 4096

export interface WaitingRequest extends PendingRequest, IssueAttempt {
  readonly requester: IssueAttempt['requester']
  readGeneration: Generation | undefined
  /** Undefined once the request has its answer. */
  resolvers: Resolvers<IssueOutcome> | undefined
}

export class WaitingRequests {
  #count = 0

  /** `askedAt` is in monotonic milliseconds. Throws `StoreUnavailable` if too many requests wait. */
  add({ client, scope, requester }: IssueAttempt, askedAt: number, resolvers: Resolvers<IssueOutcome>): WaitingRequest {
    if (this.#count >= MOST_WAITING) throw new StoreUnavailable('too many token requests are waiting')
    this.#count++
    return { client, scope, requester, askedAt, readGeneration: undefined, resolvers }
  }

  /** Answers the requests that have no answer yet. A fault of one of them while it answers leaves the others alone. */
  resolve(requests: readonly WaitingRequest[], outcome: IssueOutcome): void {
    for (const request of requests) {
      const resolvers = this.#end(request)
      try {
        resolvers?.resolve(outcome)
      } catch (cause) {
        resolvers?.reject(cause)
      }
    }
  }

  /** Answers the requests that have no answer yet. */
  reject(requests: readonly WaitingRequest[], cause: unknown): void {
    for (const request of requests) this.#end(request)?.reject(cause)
  }

  #end(request: WaitingRequest): Resolvers<IssueOutcome> | undefined {
    const { resolvers } = request
    if (resolvers !== undefined) this.#count--
    request.resolvers = undefined
    return resolvers
  }
}
