// The pending token requests. This class limits their number and makes sure that each gets exactly one answer.
import type { PendingRequest } from '../domain/judge-issuance.ts'
import type { Resolvers } from '../domain/resolvers.ts'
import type { Generation } from '../domain/slot.ts'
import type { IssueAttempt, IssueOutcome } from '../ports/slots.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { PresentsAssertion } from './stage-use.ts'

/**
 * The largest number of pending requests. The server needs about half a second to answer so many requests. It refuses
 * further requests at once, because they would probably miss their deadline.
 */
const MOST_WAITING = 4096

export interface WaitingRequest extends PendingRequest, IssueAttempt, PresentsAssertion {
  readonly client: IssueAttempt['client']
  readonly requester: IssueAttempt['requester']
  readonly replaces: Generation | undefined
  readGeneration: Generation | undefined
  /** The callbacks of the request. Undefined after the request has got its answer. */
  resolvers: Resolvers<IssueOutcome> | undefined
}

export class WaitingRequests {
  #count = 0

  /**
   * Adds a request. `askedAt` is in milliseconds of the monotonic clock. Throws `StoreUnavailable` if too many requests
   * wait.
   */
  add(attempt: IssueAttempt, askedAt: number, resolvers: Resolvers<IssueOutcome>): WaitingRequest {
    if (this.#count >= MOST_WAITING) throw new StoreUnavailable('too many token requests are waiting')
    this.#count++
    const { client, scope, requester, replaces } = attempt
    return { client, scope, requester, replaces, askedAt, readGeneration: undefined, useState: 'unused', resolvers }
  }

  /**
   * Answers the requests that have no answer yet. If the callback of one request throws, the other requests still get
   * their answers.
   */
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

  /** Rejects the requests that have no answer yet. */
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
