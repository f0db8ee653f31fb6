// Throttles failed client authentication: by address and client ID, and by address over all client IDs.
import { hash } from 'node:crypto'
import { networkOf } from '../domain/address-ranges.ts'
import type { Throttling } from '../domain/refusal.ts'
import type { Clock } from '../ports/clock.ts'
import type { FailedAuthentications } from '../ports/failed-authentications.ts'
import { type FailureCount, FailureCounts } from './failure-counts.ts'

/** Failures a minute. A program that tries twice, with the header and then with the body, stays far below. */
export const MOST_FAILURES_OF_CLIENT = 100
export const MOST_FAILURES_OF_ADDRESS = 1000

/** Of each kind: about 10 MB when both are full. */
const MOST_KEYS = 32_768

/** Counts in this process alone, from its start on. */
export function createThrottle(clock: Clock): FailedAuthentications {
  const byNetwork = new FailureCounts(clock, MOST_KEYS)
  const byClient = new FailureCounts(clock, MOST_KEYS)

  const throttled = ({ count, endsAt }: FailureCount, limit: number): Throttling | undefined => {
    if (count <= limit) return undefined
    const retryAfterSeconds = Math.ceil((endsAt - clock.monotonic()) / 1000)
    return { limit, retryAfterSeconds, resetsAt: clock.now() + retryAfterSeconds, isFirst: count === limit + 1 }
  }

  return {
    count: (address, clientId) => {
      const network = networkOf(address)
      const ofAddress = throttled(byNetwork.add(network), MOST_FAILURES_OF_ADDRESS)
      // An address beyond its limit pushes no more client IDs into memory.
      return ofAddress ?? throttled(byClient.add(keyOf(network, clientId)), MOST_FAILURES_OF_CLIENT)
    },
  }
}

/** What is sent as a client ID may be long, and a secret: its hash is neither. */
const keyOf = (network: string, clientId: string): string => hash('sha256', `${network} ${clientId}`, 'latin1')
