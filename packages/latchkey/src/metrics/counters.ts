// Counters since the start, as plain numbers. Monitoring systems compute rates from them.
import { PLATFORM_ALGORITHMS } from '@latchkey/protocol'
import type { KeySourceFault } from '../domain/key-source-fault.ts'
import type { AuthenticationMethod } from '../ports/activity.ts'
import { Histogram } from './histogram.ts'

// The bounds in seconds. A signature takes from 10 µs to some milliseconds. A sync takes from 0.1 ms to a second on a
// slow disk.
const WORK_BOUNDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
// The bounds in seconds for the remaining lifetime of a superseded token. A short remaining lifetime means that the
// client renews in time. A long one means that the client requests a token for each call.
const REMAINING_BOUNDS = [1, 10, 60, 300, 600, 1200, 1800, 2700, 3300, 3600, 7200, 21_600, 86_400]

export class Counters {
  /** Numbers by name, because a token request counts here. */
  readonly authentications: Record<AuthenticationMethod, number> = {
    client_secret_basic: 0,
    client_secret_post: 0,
    private_key_jwt: 0,
  }
  readonly issued = new NamedCounts()
  superseded = 0
  readonly decisions = new NamedCounts()
  /** Refusals by endpoint and reason, with a space between the two. */
  readonly refused = new NamedCounts()
  readonly remainingSeconds = new Histogram(REMAINING_BOUNDS)
  readonly signingSeconds = new Histogram(WORK_BOUNDS)
  /** By the algorithm of the assertion. */
  readonly assertionSeconds: ReadonlyMap<string, Histogram> = new Map(
    PLATFORM_ALGORITHMS.map((alg) => [alg, new Histogram(WORK_BOUNDS)]),
  )
  readonly keyFetches = new KeyFetches()
  readonly commitSeconds = new Histogram(WORK_BOUNDS)
  commitsUnanswered = 0
}

/** The names come from the server's own code, so there are few of them. */
export class NamedCounts {
  readonly #counts = new Map<string, number>()

  add(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  entries(): Iterable<readonly [name: string, count: number]> {
    return this.#counts
  }
}

/** The fetches of the keys of trusted issuers, by result. */
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

  /** Drops the counts of an issuer that was deleted. */
  keepOnly(issuerIds: readonly string[]): void {
    for (const id of this.#counts.keys()) if (!issuerIds.includes(id)) this.#counts.delete(id)
  }
}
