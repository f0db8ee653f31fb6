// Throttles failed client authentication by two counts: for each network and client ID, and for each network with all
// client IDs.
import { hash } from 'node:crypto'
import { networkOf } from '../domain/address-ranges.ts'
import type { Throttling } from '../domain/refusal.ts'
import type { Clock } from '../ports/clock.ts'
import type { FailedAuthentications } from '../ports/failed-authentications.ts'
import { type FailureCount, FailureCounts } from './failure-counts.ts'

/**
 * The largest numbers of failures in a minute. A client that tries its credentials in the header and then in the body
 * stays far below.
 */
export const MOST_FAILURES_OF_CLIENT = 100
export const MOST_FAILURES_OF_ADDRESS = 1000

/** The largest number of keys in each of the two tables. Both together take about 10 MB when they are full. */
const MOST_KEYS = 32_768

/** The counts exist only in this process. */
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
      // If the network has exceeded its limit, its failures for the client ID are not counted, so that one network
      // cannot fill the memory.
      return ofAddress ?? throttled(byClient.add(keyOf(network, clientId)), MOST_FAILURES_OF_CLIENT)
    },
  }
}

/** Hashes the client ID, because a caller may send a long text or a secret as its client ID. */
const keyOf = (network: string, clientId: string): string => hash('sha256', `${network} ${clientId}`, 'latin1')
