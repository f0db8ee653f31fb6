// Guards in separate processes, like those of many APIs. Measures the time until each of them refuses a superseded
// token.
import { join } from 'node:path'
import { type JobProcess, startJobProcess } from './jobs.ts'
import { moment } from './moment.ts'
import type { Placement } from './placement.ts'
import type { GuardCredentials } from './resource-server.ts'
import type { LatchkeyServer } from './servers/latchkey.ts'
import { tokenOf } from './token-answer.ts'
import type { BenchClient } from './clients.ts'

export interface FollowJob {
  readonly kind: 'follow'
  readonly issuer: string
  readonly audience: string
  readonly credentials: GuardCredentials
}

/** The live tokens that will be superseded. The guard reports when it refuses each token. */
export interface WatchJob {
  readonly kind: 'watch'
  readonly tokens: readonly string[]
  readonly scope: string
}

export type GuardJob = FollowJob | WatchJob | { readonly kind: 'refusals' | 'rest' }
export type GuardAnswer = LoadedTable | FollowedRefusals | undefined

export interface LoadedTable {
  /** The time from an empty to a complete table. */
  readonly milliseconds: number
  readonly slots: number
  readonly tableBytes: number
}

export interface FollowedRefusals {
  /**
   * The moment at which this guard refused each watched token, in the order of the tokens. In milliseconds of the clock
   * that all processes share.
   */
  readonly refusedAt: readonly number[]
  /** How many requests about tokens this guard has sent since it accepted the watched tokens. */
  readonly introspections: number
}

export const AUDIENCE = 'api://default'

export interface GuardProcess {
  /** Follows the feed, beginning with a new snapshot. */
  follow(): Promise<LoadedTable>
  /** Stops following the feed. */
  rest(): Promise<void>
  watch(tokens: readonly string[], scope: string): Promise<void>
  refusals(): Promise<FollowedRefusals>
  stop(): Promise<void>
}

export function startGuard(server: LatchkeyServer, credentials: GuardCredentials, placement: Placement): GuardProcess {
  const words = [join(import.meta.dirname, 'programs/following-guard.ts')]
  const child: JobProcess<GuardJob, GuardAnswer> = startJobProcess({ placement, seat: 'load', words })
  const issuer = server.tokenUrl.replace(/\/v1\/token$/, '')
  return {
    follow: async () => (await child.ask({ kind: 'follow', issuer, audience: AUDIENCE, credentials })) as LoadedTable,
    rest: async () => {
      await child.ask({ kind: 'rest' })
    },
    watch: async (tokens, scope) => {
      await child.ask({ kind: 'watch', tokens, scope })
    },
    refusals: async () => (await child.ask({ kind: 'refusals' })) as FollowedRefusals,
    stop: () => child.stop(),
  }
}

export interface Lags {
  /**
   * The milliseconds from the 200 with the newer token to the refusal of the older token, for each token at each guard.
   */
  readonly each: readonly number[]
  /** For each token only the largest of these values: that of the guard that refused the token last. */
  readonly slowest: readonly number[]
  readonly introspections: number
}

interface Watched {
  readonly server: LatchkeyServer
  readonly clients: readonly BenchClient[]
  readonly scope: string
}

/** Supersedes tokens of these clients until `work` is done. */
export async function measureLags(
  guards: readonly GuardProcess[],
  { server, clients, scope }: Watched,
  work: Promise<unknown>,
): Promise<Lags> {
  const { tokenUrl } = server
  const each: number[] = []
  const slowest: number[] = []
  const progress = { isOver: false }
  const end = (): void => {
    progress.isOver = true
  }
  work.then(end, end)
  let introspections = 0
  let live = await Promise.all(clients.map((client) => newToken(tokenUrl, client, scope)))
  do {
    const tokens = live.map(({ token }) => token)
    await Promise.all(guards.map((guard) => guard.watch(tokens, scope)))
    live = await Promise.all(clients.map((client) => newToken(tokenUrl, client, scope)))
    const seen = await Promise.all(guards.map((guard) => guard.refusals()))
    for (const [place, { at }] of live.entries()) {
      const lags = seen.map(({ refusedAt }) => (refusedAt[place] ?? Number.NaN) - at)
      each.push(...lags)
      slowest.push(Math.max(...lags))
    }
    introspections += seen.reduce((sum, { introspections: own }) => sum + own, 0)
  } while (!progress.isOver)
  return { each, slowest, introspections }
}

/** Requests a token. Returns it with the moment at which the head of the answer arrived. */
export async function newToken(url: string, { clientId, clientSecret }: BenchClient, scope: string) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  })
  const at = moment()
  const body = await response.text()
  if (response.status !== 200) throw new Error(`a token request was answered ${String(response.status)}`)
  return { token: tokenOf(body), at }
}
