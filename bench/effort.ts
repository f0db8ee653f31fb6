// How much a run of the benchmark measures. The full run judges the targets. The quick run only shows that every
// section works.
import type { Placement } from './placement.ts'

export interface Effort {
  readonly rounds: number
  readonly warmUpSeconds: number
  readonly roundSeconds: number
  readonly openLoopSeconds: number
  readonly signSeconds: number
  readonly placements: readonly Placement[]
  readonly connections: readonly number[]
  /** The number of clients whose tokens are requested in turn. */
  readonly clients: number
  /** The two store sizes that are compared, in integrations. */
  readonly growth: { readonly small: number; readonly large: number }
  readonly administration: {
    /** The number of integrations in the store. Each apply declares the same number of new integrations. */
    readonly integrations: number
    readonly pageSeconds: number
    /**
     * The length of a round of token requests, in seconds. One round runs alone, and one round runs during an apply.
     * The round is longer than the ten seconds after which the server writes the last uses of secrets.
     */
    readonly tokenSeconds: number
  }
  readonly feed: {
    /** The number of slots (pairs of integration and scope) in the table that a guard loads. */
    readonly slots: number
    readonly seconds: number
  }
  readonly fleet: {
    readonly guards: number
    /** The rates of the token load, in tokens per second. Each is measured in turn. */
    readonly perSecond: readonly number[]
    readonly seconds: number
  }
  /** The run ends after this many seconds, even if sections are missing. */
  readonly limitSeconds: number
}

export const FULL: Effort = {
  rounds: 3,
  warmUpSeconds: 3,
  roundSeconds: 2,
  openLoopSeconds: 6,
  signSeconds: 1,
  placements: ['one core', 'all cores'],
  connections: [1, 16, 64],
  clients: 10_000,
  growth: { small: 1000, large: 100_000 },
  administration: { integrations: 10_000, pageSeconds: 1.5, tokenSeconds: 10 },
  feed: { slots: 1_000_000, seconds: 10 },
  fleet: { guards: 20, perSecond: [200, 500, 1000], seconds: 10 },
  limitSeconds: 1500,
}

export const QUICK: Effort = {
  rounds: 1,
  warmUpSeconds: 0.4,
  roundSeconds: 0.5,
  openLoopSeconds: 1.5,
  signSeconds: 0.3,
  placements: ['one core'],
  connections: [16, 64],
  clients: 2000,
  growth: { small: 1000, large: 20_000 },
  administration: { integrations: 2000, pageSeconds: 0.3, tokenSeconds: 2 },
  feed: { slots: 40_000, seconds: 1.5 },
  fleet: { guards: 5, perSecond: [200], seconds: 2 },
  limitSeconds: 200,
}
