// Makes the entries of issuance histories. An entry names the callers that requested the token, each with its address,
// its credential and (only for platform assertions) the authenticated subject.
import { printableText } from '../domain/printable-text.ts'
import type { RecordedToken, Slot } from '../domain/slot.ts'
import type { IssueAttempt } from '../ports/slots.ts'
import type { Write } from '../rows/disk.ts'
import type { Requester } from '../rows/issuance-history.ts'

export const MAX_REQUESTERS = 8

/** Returns the first 8 different callers of these requests. */
export function requestersOf(attempts: readonly IssueAttempt[]): readonly Requester[] {
  const requesters = new Map<string, Requester>()
  for (const { requester, client } of attempts) {
    const { credentialId, subject } = client
    const source = [requester.address, printableText(requester.userAgent), credentialId] as const
    const entry = subject === undefined ? source : ([...source, subject] as const)
    requesters.set(entry.join('\n'), entry)
    if (requesters.size === MAX_REQUESTERS) break
  }
  return [...requesters.values()]
}

/** Returns the write for a history entry. `requests` is the number of requests that the token answers. */
export function historyWrite(
  slot: Slot,
  token: RecordedToken,
  requests: number,
  requesters: readonly Requester[],
): Write {
  const entries = JSON.stringify(requesters)
  return ['put_history', slot.id, token.generation, token.jti, token.issuedAt, requests, entries]
}
