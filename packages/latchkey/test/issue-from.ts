// Issues a token through the `Slots` of a store, and returns the outcome as a promise, for tests.
import type { IssueAttempt, IssueOutcome, Slots } from '../src/ports/slots.ts'

/** Rejects if `Slots.issue` rejects or throws. */
export const issueFrom = (slots: Pick<Slots, 'issue'>, attempt: IssueAttempt): Promise<IssueOutcome> =>
  new Promise((resolve, reject) => {
    slots.issue(attempt, { resolve, reject })
  })
