// What is asked of the figures, and whether they give it.
import type { Row } from './row.ts'
import type { Figure, SectionResult } from './sections/section.ts'

export interface Verdict {
  readonly goal: string
  readonly measured: string
  readonly asked: string
  readonly met: boolean
}

/** A goal whose figures were not measured in this run says nothing. */
export function judge(results: readonly SectionResult[]): readonly Verdict[] {
  const rows = results.flatMap((result) => result.rows)
  const figures = results.flatMap((result) => result.figures)
  return [
    ratio(rows, 'RS256 tokens, one core, 16 connections', tokens('RS256', 'one core', 16), 1.5),
    ratio(rows, 'RS256 tokens, all cores, 16 connections', tokens('RS256', 'all cores', 16), 2),
    ratio(rows, 'ES256 tokens, one core, 16 connections', tokens('ES256', 'one core', 16), 2.5),
    ratio(rows, 'ES256 tokens, one core, 64 connections', tokens('ES256', 'one core', 64), 3),
    ratio(rows, 'verify, one core, 64 connections', [named('verify latchkey'), named('bare node:http')], 0.8),
    ...latency(rows),
    ...growth(rows),
    ...memory(figures),
  ].filter((verdict) => verdict !== undefined)
}

type Which = (row: Row) => boolean

const named =
  (name: string): Which =>
  (row) =>
    row.name === name

const tokens = (alg: string, placement: string, connections: number): readonly [Which, Which] => {
  const at = (server: string): Which => {
    return (row) => row.name === `${alg} ${server}` && row.placement === placement && row.connections === connections
  }
  return [at('latchkey'), at('oidc-provider')]
}

function ratio(
  rows: readonly Row[],
  goal: string,
  [ours, theirs]: readonly [Which, Which],
  least: number,
): Verdict | undefined {
  const [our, their] = [rows.find(ours), rows.find(theirs)]
  if (our === undefined || their === undefined) return undefined
  const times = our.perSecond / their.perSecond
  return { goal, measured: `${times.toFixed(2)} ×`, asked: `≥ ${String(least)} ×`, met: times >= least }
}

const LONGEST_P99_MS = 10

function latency(rows: readonly Row[]): readonly Verdict[] {
  return rows.filter(named('ES256 open loop')).map(({ p99 }) => ({
    goal: 'ES256 tokens at half the peak, open loop',
    measured: `p99 ${p99.toFixed(1)} ms`,
    asked: `p99 ≤ ${String(LONGEST_P99_MS)} ms`,
    met: p99 <= LONGEST_P99_MS,
  }))
}

const LEAST_AFTER_GROWTH = 0.8

function growth(rows: readonly Row[]): readonly (Verdict | undefined)[] {
  return ['tokens', 'verify'].map((kind) => {
    const [small, large] = rows.filter((row) => row.name.startsWith(`${kind}, `))
    if (small === undefined || large === undefined) return undefined
    return ratio(rows, large.name, [named(large.name), named(small.name)], LEAST_AFTER_GROWTH)
  })
}

const MOST_MEMORY_BYTES = 1024

function memory(figures: readonly Figure[]): readonly Verdict[] {
  return figures
    .filter(({ name }) => name === 'heap and external memory')
    .map(({ name, value }) => ({
      goal: `${name} of one integration`,
      measured: `${value.toFixed(0)} bytes`,
      asked: `≤ ${String(MOST_MEMORY_BYTES)} bytes`,
      met: value <= MOST_MEMORY_BYTES,
    }))
}
