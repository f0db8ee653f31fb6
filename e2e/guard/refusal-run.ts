// Guards in separate processes and a load of token requests. Measures how long after the 200 with a new token each
// guard still accepts the previous token.
import { setTimeout as pause } from 'node:timers/promises'
import { underLoad } from '../beside.ts'
import { createIntegration, type Integration } from '../integrations.ts'
import { startRealServer } from '../real-server.ts'
import { stopwatch } from '../stopwatch.ts'
import { aGuardProcess, type GuardProcess } from './a-guard-process.ts'
import { newToken } from './guarded-server.ts'

export interface RefusalRunOptions {
  readonly guards: number
  /** The rate of the load, in token requests per second. */
  readonly perSecond: number
  readonly seconds: number
  /** The least number of superseded tokens to measure. The run continues until it has them. */
  readonly least?: number
}

export interface RefusalRun {
  /**
   * For each guard and each superseded token: the delay until the refusal, in milliseconds. Sorted, the shortest first.
   */
  readonly lags: readonly number[]
  /** The same delays, without the time in which server, guard and this process waited for a core. */
  readonly ownLags: readonly number[]
  /** The verdicts of the guards on superseded tokens. */
  readonly verdicts: ReadonlySet<string>
  /** The number of requests that the guards sent to the server while they refused tokens. */
  readonly introspections: number
  /** The measured rate of the load, in tokens per second. */
  readonly issuedPerSecond: number
}

const LIVENESS = { mode: 'feed', maxStaleSeconds: 10, onStale: 'introspect' } as const
const OTHERS = 20
const LOOK_MS = 2

export async function refusalRun({
  guards: count,
  perSecond,
  seconds,
  least = 0,
}: RefusalRunOptions): Promise<RefusalRun> {
  const server = await startRealServer()
  const { issuer } = server
  const reader = await createIntegration(server, { name: 'APIs', resource_server: true })
  const client = await createIntegration(server, { name: 'Client' })
  const others: Integration[] = []
  for (let i = 0; i < OTHERS; i++) others.push(await createIntegration(server, { name: `Other ${i}` }))
  const guards = await Promise.all(
    Array.from({ length: count }, () => aGuardProcess({ issuer, reader, liveness: LIVENESS })),
  )

  const began = performance.now()
  const end = began + seconds * 1000
  let issued = 0
  // Requests are sent on schedule, even if earlier requests have no answer yet.
  const refused = Promise.withResolvers<never>()
  const lane = async (other: Integration, place: number, isOver: () => boolean): Promise<void> => {
    const requested: Promise<unknown>[] = []
    for (let due = began + (place * 1000) / perSecond; !isOver(); due += (OTHERS * 1000) / perSecond) {
      await pause(Math.max(0, due - performance.now()))
      requested.push(newToken(issuer, other).then(() => issued++, refused.reject))
    }
    await Promise.all(requested)
  }
  const load = (isOver: () => boolean) =>
    Promise.race([refused.promise, Promise.all(others.map((other, place) => lane(other, place, isOver)))])

  const [lags, ownLags]: [number[], number[]] = [[], []]
  const verdicts = new Set<string>()
  let introspections = 0
  const requested = (): number => guards.reduce((sum, guard) => sum + guard.introspections(), 0)
  await underLoad(load, async () => {
    let old = await newToken(issuer, client)
    for (let rounds = 0; rounds < least || performance.now() < end; rounds++) {
      // Before the measurement all guards know the token and accept it.
      await Promise.all(guards.map((guard) => mustAccept(guard, old)))
      const before = requested()
      const superseded = old
      const begunAt = performance.now()
      const watches = guards.map(({ pid }) => stopwatch(server.pid, pid))
      old = await newToken(issuer, client)
      const answeredAt = performance.now()
      const refusals = await Promise.all(guards.map((guard) => refusal(guard, superseded)))
      for (const [place, { verdict, at }] of refusals.entries()) {
        lags.push(at - answeredAt)
        const own = watches[place]?.() ?? 0
        ownLags.push(at - answeredAt - (performance.now() - begunAt - own))
        verdicts.add(verdict)
      }
      introspections += requested() - before
    }
  })
  const lasted = (performance.now() - began) / 1000
  const sorted = (all: readonly number[]) => all.toSorted((a, b) => a - b)
  return { lags: sorted(lags), ownLags: sorted(ownLags), verdicts, introspections, issuedPerSecond: issued / lasted }
}

async function mustAccept(guard: GuardProcess, token: string): Promise<void> {
  const verdict = await guard.verdict(token)
  if (verdict !== '200') throw new Error(`a live token was answered ${verdict}`)
}

async function refusal(guard: GuardProcess, token: string): Promise<{ readonly verdict: string; readonly at: number }> {
  for (;;) {
    const verdict = await guard.verdict(token)
    const at = performance.now()
    if (verdict !== '200') return { verdict, at }
    await pause(LOOK_MS)
  }
}

/** Returns the smallest value that is at least as large as the given share of all values. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
