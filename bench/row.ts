// One line of the results: the medians of several rounds of the same work.
import type { Round } from './load/job.ts'
import type { Placement } from './placement.ts'
import { median } from './statistics.ts'

export interface Work {
  readonly name: string
  readonly placement: Placement
  /** The number of connections. Undefined for an open loop. */
  readonly connections: number | undefined
}

export interface Row extends Work {
  readonly rounds: number
  readonly perSecond: number
  /** The rates of the slowest and the fastest round. */
  readonly spread: readonly [number, number]
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly serverCpuMicroseconds: number
  /** The processor time of the server's database per request. 0 if the server has no database. */
  readonly databaseCpuMicroseconds: number
  /** How many cores each of these keeps busy: the server, its database, the load generator, and all other processes. */
  readonly serverCores: number
  readonly databaseCores: number
  readonly loadCores: number
  readonly otherCores: number
}

export function rowOf(work: Work, rounds: readonly Round[]): Row {
  const of = (figure: (round: Round) => number): number => median(rounds.map(figure))
  const rates = rounds.map(({ answers, seconds }) => answers / seconds)
  return {
    ...work,
    rounds: rounds.length,
    perSecond: median(rates),
    spread: [Math.min(...rates), Math.max(...rates)],
    p50: of((round) => round.p50),
    p99: of((round) => round.p99),
    p999: of((round) => round.p999),
    serverCpuMicroseconds: of((round) => (round.serverCpuSeconds / round.answers) * 1e6),
    databaseCpuMicroseconds: of((round) => (round.databaseCpuSeconds / round.answers) * 1e6),
    databaseCores: of((round) => round.databaseCpuSeconds / round.seconds),
    serverCores: of((round) => round.serverCpuSeconds / round.seconds),
    loadCores: of((round) => round.loadCpuSeconds / round.seconds),
    // The kernel counts in hundredths of a second, so a rounding error may make the result slightly negative.
    otherCores: Math.max(
      0,
      of((round) => round.otherCpuSeconds / round.seconds),
    ),
  }
}
