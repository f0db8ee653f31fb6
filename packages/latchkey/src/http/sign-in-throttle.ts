// Throttles failed sign-ins by two counts: for each network and account, and for each network with all accounts. An
// attacker in another network therefore cannot lock an operator out.
import { hash } from 'node:crypto'
import { networkOf } from '../domain/address-ranges.ts'
import type { Clock } from '../ports/clock.ts'
import type { FailedSignIns } from '../ports/failed-sign-ins.ts'
import { type FailureCount, FailureCounts } from './failure-counts.ts'

/** The largest numbers of failures in a minute. */
export const MOST_FAILURES_OF_ACCOUNT = 10
export const MOST_FAILURES_OF_NETWORK = 100

const MOST_KEYS = 4096

/** The counts exist only in this process. */
export function createSignInThrottle(clock: Clock): FailedSignIns {
  const byNetwork = new FailureCounts(clock, MOST_KEYS)
  const byAccount = new FailureCounts(clock, MOST_KEYS)

  const throttled = ({ count, endsAt }: FailureCount, limit: number) => {
    if (count <= limit) return undefined
    const retryAfterSeconds = Math.max(1, Math.ceil((endsAt - clock.monotonic()) / 1000))
    return { limit, retryAfterSeconds, resetsAt: clock.now() + retryAfterSeconds, isFirst: count === limit + 1 }
  }

  return {
    begin: (address, account) => {
      const network = networkOf(address)
      // Hashes the account name, because the caller may send any text: a long one, or a password typed into the wrong
      // field.
      const key = hash('sha256', `${network} ${account}`)
      const ofNetwork = throttled(byNetwork.add(network), MOST_FAILURES_OF_NETWORK)
      // If the network has exceeded its limit, its failures for the account are not counted, so that one network cannot
      // fill the memory.
      if (ofNetwork !== undefined) return { throttling: ofNetwork, isFirst: false, takeBack: () => undefined }
      const ofAccount = byAccount.add(key)
      return {
        throttling: throttled(ofAccount, MOST_FAILURES_OF_ACCOUNT),
        isFirst: ofAccount.count === 1,
        takeBack: () => {
          byNetwork.takeBack(network)
          byAccount.takeBack(key)
        },
      }
    },
  }
}
