// The counters of this process since its start. Monitoring systems compute rates from these numbers.
import { PLATFORM_ALGORITHMS } from '@latchkey/protocol'
import type { KeySourceFault } from '../domain/key-source-fault.ts'
import type { AuthenticationMethod } from '../ports/activity.ts'
import { Histogram } from './histogram.ts'

// Histogram bounds for signatures and disk syncs, in seconds. A signature takes from 10 µs to some milliseconds. A sync
// takes from 0.1 ms to one second on a slow disk.
const WORK_BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
// Histogram bounds for the remaining lifetime of a superseded token, in seconds. A short remaining lifetime means that
// the client renews its token shortly before the expiry. A long remaining lifetime means that the client requests a
// token for each call.
const REMAINING_BOUNDS = [1, 10, 60, 300, 600, 1200, 1800, 2700, 3300, 3600, 7200, 21_600, 86_400]

export class Counters {
  /** A plain object and no `NamedCounts`, because each token request counts here and must be fast. */
  readonly authentications: Record<AuthenticationMethod, number> = {
    client_secret_basic: 0,
    client_secret_post: 0,
    private_key_jwt: 0,
  }
  readonly issued = new NamedCounts()
  superseded = 0
  readonly decisions = new NamedCounts()
  /** The number of refusals by name: the endpoint, a space, and the reason. */
  readonly refused = new NamedCounts()
  readonly remainingSeconds = new Histogram(REMAINING_BOUNDS)
  readonly signingSeconds = new Histogram(WORK_BOUNDS)
  /** The durations of signature checks of assertions, by algorithm. */
  readonly assertionSeconds: ReadonlyMap<string, Histogram> = new Map(
    PLATFORM_ALGORITHMS.map((alg) => [alg, new Histogram(WORK_BOUNDS)]),
  )
  readonly keyFetches = new KeyFetches()
  readonly commitSeconds = new Histogram(WORK_BOUNDS)
  commitsUnanswered = 0
}

/** Counts by name. Names must come from the server's own code, not from requests, so that their number is limited. */
export class NamedCounts {
  readonly #counts = new Map<string, number>()

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  entries(): Iterable<readonly [name: string, count: number]> {
    return this.#counts
  }
}

/** Counts the fetches of the keys of trusted issuers, by issuer and result. */
export class KeyFetches {
  readonly #counts = new Map<string, NamedCounts>()

  add(issuerId: string, result: 'good' | KeySourceFault): void {
    const counts = this.of(issuerId)
    counts.add(result)
    this.#counts.set(issuerId, counts)
  }

  of(issuerId: string): NamedCounts {
    return this.#counts.get(issuerId) ?? new NamedCounts()
  }

  /** Drops the counts of all issuers other than these, because those issuers were deleted. */
  keepOnly(issuerIds: readonly string[]): void {
    for (const id of this.#counts.keys()) if (!issuerIds.includes(id)) this.#counts.delete(id)
  }
}
