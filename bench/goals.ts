// The targets of the benchmark, and whether the measured figures meet them.
import type { Placement } from './placement.ts'
import type { Row } from './row.ts'
import { BESIDE_FORGED, BY, tokensBy } from './sections/assertions.ts'
import { TOKENS_DURING_APPLY, TOKENS_IDLE } from './sections/administration.ts'
import { AGENT_PROXY, BARE_PROXY, GET_TOKEN } from './sections/client.ts'
import { GATEWAY, REPLY_FROM } from './sections/gateway.ts'
import { LIST_PAINT, SEARCH_PAINT } from './sections/console.ts'
import { beside, SEEN_BEFORE } from './sections/guard.ts'
import { SNAPSHOT_LOADED, TOKENS_DURING_SNAPSHOT, TOKENS_WITHOUT_READER } from './sections/feed.ts'
import { ASKED_BESIDE_200, REFUSED_BESIDE_200 } from './sections/fleet.ts'
import { ON } from './sections/postgres.ts'
import { OIDC_PROVIDER, OIDC_PROVIDER_FIXED } from './servers/oidc-provider.ts'
import type { Figure, SectionResult } from './sections/section.ts'

export interface Verdict {
  readonly goal: string
  readonly measured: string
  readonly requested: string
  readonly met: boolean
}

/** Judges each target. A target is left out if this run did not measure its figures. */
export function judge(results: readonly SectionResult[]): readonly Verdict[] {
  const rows = results.flatMap((result) => result.contests.flat())
  const figures = results.flatMap((result) => result.figures)
  return [
    ...tokens(rows, { alg: 'ES256', placement: 'one core', connections: 64 }, { adapter: 2.4, fixed: 1.75 }),
    ...tokens(rows, { alg: 'ES256', placement: 'one core', connections: 16 }, { adapter: 1.6, fixed: 1.05 }),
    ...tokens(rows, { alg: 'ES256', placement: 'one core', connections: 1 }, { adapter: 0.9, fixed: 0.75 }),
    ...tokens(rows, { alg: 'RS256', placement: 'one core', connections: 64 }, { adapter: 1.5 }),
    ...tokens(rows, { alg: 'RS256', placement: 'one core', connections: 16 }, { adapter: 1.35 }),
    ...tokens(rows, { alg: 'RS256', placement: 'all cores', connections: 16 }, { adapter: 1.4 }),
    ...tokens(rows, { alg: 'RS256', placement: 'all cores', connections: 64 }, { adapter: 1.6 }),
    besideSignatures(rows, figures),
    verify(rows),
    ...assertions(rows),
    ...latency(rows),
    ...growth(rows),
    ...guard(figures),
    ...memory(figures),
    ...pages(rows),
    ratio(rows, {
      goal: 'proxy of the agent, one core, 16 connections',
      ours: named(AGENT_PROXY),
      theirs: named(BARE_PROXY),
      least: 0.7,
    }),
    ratio(rows, {
      goal: 'gateway, one core, 64 connections',
      ours: at64(GATEWAY),
      theirs: at64(REPLY_FROM),
      least: 0.8,
    }),
    ...getToken(figures),
    besideIdle(rows, 'ES256 tokens during apply, p99 beside idle', [TOKENS_DURING_APPLY, TOKENS_IDLE]),
    besideIdle(rows, 'ES256 tokens during snapshots, p99 beside idle', [TOKENS_DURING_SNAPSHOT, TOKENS_WITHOUT_READER]),
    atMost(figures, SNAPSHOT_LOADED, { most: 10_000, unit: 'ms' }),
    atMost(figures, REFUSED_BESIDE_200, { most: 250, unit: 'ms' }),
    atMost(figures, ASKED_BESIDE_200, { most: 0, unit: 'introspections' }),
    ...postgres(rows),
    atMost(figures, LIST_PAINT, { most: 200, unit: 'ms' }),
    atMost(figures, SEARCH_PAINT, { most: 200, unit: 'ms' }),
  ].filter((verdict) => verdict !== undefined)
}

type Which = (row: Row) => boolean

const named =
  (name: string): Which =>
  (row) =>
    row.name === name

const at64 =
  (name: string): Which =>
  (row) =>
    row.name === name && row.connections === 64

interface TokenContest {
  readonly alg: string
  readonly placement: Placement
  readonly connections: number
}

/**
 * Compares the token rate with oidc-provider that reads its clients in an adapter. If `least.fixed` is set, also
 * compares it with oidc-provider whose configuration contains the clients.
 */
function tokens(
  rows: readonly Row[],
  { alg, placement, connections }: TokenContest,
  least: { readonly adapter: number; readonly fixed?: number },
): readonly (Verdict | undefined)[] {
  const of =
    (name: string): Which =>
    (row) =>
      row.name === `${alg} ${name}` && row.placement === placement && row.connections === connections
  const goal = `${alg} tokens, ${placement}, ${String(connections)} ${connections === 1 ? 'connection' : 'connections'}, beside`
  const { adapter, fixed } = least
  return [
    ratio(rows, { goal: `${goal} ${OIDC_PROVIDER}`, ours: of('latchkey'), theirs: of(OIDC_PROVIDER), least: adapter }),
    ...(fixed === undefined
      ? []
      : [
          ratio(rows, {
            goal: `${goal} ${OIDC_PROVIDER_FIXED}`,
            ours: of('latchkey'),
            theirs: of(OIDC_PROVIDER_FIXED),
            least: fixed,
          }),
        ]),
  ]
}

const LEAST_OF_SIGNATURES = 0.62

function besideSignatures(rows: readonly Row[], figures: readonly Figure[]): Verdict | undefined {
  const ours = rows.find(
    (row) => row.name === 'RS256 latchkey' && row.placement === 'one core' && row.connections === 64,
  )
  const signatures = figures.find(({ name, unit }) => name === 'RS256' && unit === 'signatures/s')
  if (ours === undefined || signatures === undefined) return undefined
  const share = ours.perSecond / signatures.value
  return {
    goal: 'RS256 tokens, one core, 64 connections, beside the signatures of the core',
    measured: `${share.toFixed(2)} ×`,
    requested: `≥ ${String(LEAST_OF_SIGNATURES)} ×`,
    met: share >= LEAST_OF_SIGNATURES,
  }
}

const MOST_OVER_BARE_MICROSECONDS = 7

function verify(rows: readonly Row[]): Verdict | undefined {
  const [ours, bare] = [rows.find(named('verify latchkey')), rows.find(named('bare node:http'))]
  if (ours === undefined || bare === undefined) return undefined
  const over = ours.serverCpuMicroseconds - bare.serverCpuMicroseconds
  return {
    goal: 'verify, one core, 64 connections, CPU over a bare server',
    measured: `${over.toFixed(1)} µs`,
    requested: `≤ ${String(MOST_OVER_BARE_MICROSECONDS)} µs`,
    met: over <= MOST_OVER_BARE_MICROSECONDS,
  }
}

const LEAST_BESIDE_SECRET = { key: 0.75, rule: 0.9 }
const MOST_OVER_SECRET_MS = 0.5
const LONGEST_BESIDE_FORGED_MS = 50

/** Compares processor times, because they depend less than rates on other programs. */
function assertions(rows: readonly Row[]): readonly (Verdict | undefined)[] {
  const at = (by: string, connections: number | undefined): Row | undefined =>
    rows.find((row) => row.name === tokensBy('RS256', by) && row.connections === connections)
  const besideSecret = (by: string, least: number): Verdict | undefined => {
    const [ours, secret] = [at(by, 64), at(BY.secret, 64)]
    if (ours === undefined || secret === undefined) return undefined
    const times = secret.serverCpuMicroseconds / ours.serverCpuMicroseconds
    return {
      goal: `RS256 tokens ${by}, one core, 64 connections, beside ${BY.secret}`,
      measured: `${times.toFixed(2)} ×`,
      requested: `≥ ${String(least)} ×`,
      met: times >= least,
    }
  }
  const [key, secret, attacked] = [at(BY.key('ES256'), 1), at(BY.secret, 1), at(BESIDE_FORGED, undefined)]
  return [
    besideSecret(BY.key('ES256'), LEAST_BESIDE_SECRET.key),
    besideSecret(BY.rule, LEAST_BESIDE_SECRET.rule),
    key &&
      secret && {
        goal: `an RS256 token ${BY.key('ES256')}, 1 connection, over ${BY.secret}`,
        measured: `p50 ${(key.p50 - secret.p50).toFixed(2)} ms`,
        requested: `≤ ${String(MOST_OVER_SECRET_MS)} ms`,
        met: key.p50 - secret.p50 <= MOST_OVER_SECRET_MS,
      },
    attacked && {
      goal: `RS256 tokens ${BESIDE_FORGED}`,
      measured: `p99 ${attacked.p99.toFixed(1)} ms`,
      requested: `p99 ≤ ${String(LONGEST_BESIDE_FORGED_MS)} ms`,
      met: attacked.p99 <= LONGEST_BESIDE_FORGED_MS,
    },
  ]
}

/** Two rates to compare. The target is met if `ours` divided by `theirs` is at least `least`. */
interface Ratio {
  readonly goal: string
  readonly ours: Which
  readonly theirs: Which
  readonly least: number
}

function ratio(rows: readonly Row[], { goal, ours, theirs, least }: Ratio): Verdict | undefined {
  const [our, their] = [rows.find(ours), rows.find(theirs)]
  if (our === undefined || their === undefined) return undefined
  const times = our.perSecond / their.perSecond
  return { goal, measured: `${times.toFixed(2)} ×`, requested: `≥ ${String(least)} ×`, met: times >= least }
}

const LONGEST_P99_MS = 15

function latency(rows: readonly Row[]): readonly Verdict[] {
  return rows.filter(named('ES256 open loop')).map(({ p99 }) => ({
    goal: 'ES256 tokens at half the peak, open loop',
    measured: `p99 ${p99.toFixed(1)} ms`,
    requested: `p99 ≤ ${String(LONGEST_P99_MS)} ms`,
    met: p99 <= LONGEST_P99_MS,
  }))
}

const LEAST_AFTER_GROWTH = { tokens: 0.75, verify: 0.8 }

function growth(rows: readonly Row[]): readonly (Verdict | undefined)[] {
  return (['tokens', 'verify'] as const).map((kind) => {
    const [large, small] = rows.filter((row) => row.name.startsWith(`${kind}, `))
    if (small === undefined || large === undefined) return undefined
    return ratio(rows, {
      goal: large.name,
      ours: named(large.name),
      theirs: named(small.name),
      least: LEAST_AFTER_GROWTH[kind],
    })
  })
}

const LEAST_BESIDE_VERIFY = { RS256: 0.7, ES256: 0.76 }
const LEAST_SEEN_BEFORE = 600_000

function guard(figures: readonly Figure[]): readonly (Verdict | undefined)[] {
  return (['RS256', 'ES256'] as const).flatMap((alg) => {
    const seen = figures.find(({ name }) => name === `${alg}, ${SEEN_BEFORE}`)
    const ratio = figures.find(({ name }) => name === beside(alg))
    if (seen === undefined || ratio === undefined) return []
    const least = LEAST_BESIDE_VERIFY[alg]
    return [
      {
        goal: `guard, ${seen.name}`,
        measured: `${(seen.value / 1000).toFixed(0)},000/s`,
        requested: `≥ ${String(LEAST_SEEN_BEFORE / 1000)},000/s`,
        met: seen.value >= LEAST_SEEN_BEFORE,
      },
      {
        goal: `guard, ${ratio.name}`,
        measured: `${(ratio.value / 100).toFixed(2)} ×`,
        requested: `≥ ${String(least)} ×`,
        met: ratio.value / 100 >= least,
      },
    ]
  })
}

const LONGEST_ALONE_MS = 3
const LEAST_CHECKS = 5000

function postgres(rows: readonly Row[]): readonly (Verdict | undefined)[] {
  const at =
    (name: string, connections: number): Which =>
    (row) =>
      row.name === name && row.connections === connections
  const alone = rows.find(at(ON.postgres, 1))
  const checks = rows.find(at(ON.verify, 64))
  return [
    ratio(rows, {
      goal: 'PostgreSQL beside embedded, 64 connections',
      ours: at(ON.postgres, 64),
      theirs: at(ON.embedded, 64),
      least: 0.7,
    }),
    ratio(rows, {
      goal: 'two servers on PostgreSQL beside one',
      ours: at(ON.two, 64),
      theirs: at(ON.postgres, 64),
      least: 0.8,
    }),
    alone && {
      goal: 'a token on PostgreSQL, 1 connection',
      measured: `p50 ${alone.p50.toFixed(1)} ms`,
      requested: `p50 ≤ ${String(LONGEST_ALONE_MS)} ms`,
      met: alone.p50 <= LONGEST_ALONE_MS,
    },
    checks && {
      goal: 'exact checks on PostgreSQL, 64 connections',
      measured: `${checks.perSecond.toFixed(0)}/s`,
      requested: `≥ ${String(LEAST_CHECKS)}/s`,
      met: checks.perSecond >= LEAST_CHECKS,
    },
  ]
}

const MOST_MEMORY_BYTES = 900

function memory(figures: readonly Figure[]): readonly Verdict[] {
  return figures
    .filter(({ name }) => name === 'heap and external memory')
    .map(({ name, value }) => ({
      goal: `${name} of one integration`,
      measured: `${value.toFixed(0)} bytes`,
      requested: `≤ ${String(MOST_MEMORY_BYTES)} bytes`,
      met: value <= MOST_MEMORY_BYTES,
    }))
}

const LONGEST_GET_TOKEN_MICROSECONDS = 5

function getToken(figures: readonly Figure[]): readonly Verdict[] {
  return figures
    .filter(({ name }) => name === GET_TOKEN)
    .map(({ name, value }) => ({
      goal: name,
      measured: `${(value / 1000).toFixed(2)} µs`,
      requested: `≤ ${String(LONGEST_GET_TOKEN_MICROSECONDS)} µs`,
      met: value / 1000 <= LONGEST_GET_TOKEN_MICROSECONDS,
    }))
}

const LONGEST_PAGE_MS = { list: 50, search: 100 }

/** Judges the latency of each kind of page by its slowest round. */
function pages(rows: readonly Row[]): readonly (Verdict | undefined)[] {
  return (['list', 'search'] as const).map((kind) => {
    const of = rows.filter(({ name }) => name.startsWith(`${kind}, `))
    if (of.length === 0) return undefined
    const [p99, most] = [Math.max(...of.map((row) => row.p99)), LONGEST_PAGE_MS[kind]]
    return {
      goal: `admin API, ${kind}, the slowest`,
      measured: `p99 ${p99.toFixed(1)} ms`,
      requested: `p99 ≤ ${String(most)} ms`,
      met: p99 <= most,
    }
  })
}

const MOST_BESIDE_IDLE = 3

function besideIdle(
  rows: readonly Row[],
  goal: string,
  [busyName, idleName]: readonly [string, string],
): Verdict | undefined {
  const [busy, idle] = [rows.find(named(busyName)), rows.find(named(idleName))]
  if (busy === undefined || idle === undefined) return undefined
  const times = busy.p99 / idle.p99
  return {
    goal,
    measured: `${times.toFixed(2)} ×`,
    requested: `≤ ${String(MOST_BESIDE_IDLE)} ×`,
    met: times <= MOST_BESIDE_IDLE,
  }
}

function atMost(
  figures: readonly Figure[],
  name: string,
  { most, unit }: { readonly most: number; readonly unit: string },
): Verdict | undefined {
  const figure = figures.find((each) => each.name === name)
  if (figure === undefined) return undefined
  const { value } = figure
  return {
    goal: name,
    measured: `${value.toFixed(0)} ${unit}`,
    requested: `≤ ${String(most)} ${unit}`,
    met: value <= most,
  }
}
