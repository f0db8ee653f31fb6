// The process of an API with a guard in it. The guard follows the feed, and the process reports when it refuses the
// watched tokens.
import { createGuard, type Guard } from '@latchkey/guard'
import type { Scope } from '@latchkey/protocol'
import type { FollowedRefusals, FollowJob, GuardAnswer, GuardJob, LoadedTable, WatchJob } from '../fleet.ts'
import { answerJobs } from '../jobs.ts'
import { moment } from '../moment.ts'

/** How often each token is tried, in milliseconds. The reported times are as precise as this. */
const TRY_EVERY_MS = 4
const LONGEST_WAIT_MS = 10_000

let guard: Guard | undefined
let introspections = 0
/**
 * The number of introspection requests that the guard had sent when it had accepted all watched tokens. The guard may
 * need a request to accept a new token.
 */
let introspectionsBefore = 0
let watched: Promise<readonly number[]> = Promise.resolve([])

answerJobs<GuardJob, GuardAnswer>(async (job) => {
  switch (job.kind) {
    case 'follow':
      return follow(job)
    case 'watch':
      return watch(job)
    case 'rest':
      await guard?.close()
      return undefined
    case 'refusals': {
      const refusedAt = await watched
      const refusals: FollowedRefusals = { refusedAt, introspections: introspections - introspectionsBefore }
      return refusals
    }
  }
})

async function follow({ issuer, audience, credentials }: FollowJob): Promise<LoadedTable> {
  await guard?.close()
  const beganAt = performance.now()
  guard = createGuard({
    ...{ issuer: new URL(issuer), audience, credentials },
    liveness: { mode: 'feed', maxStaleSeconds: 10, onStale: 'refuse' },
    onEvent: ({ type }) => {
      if (type === 'introspection') introspections++
    },
  })
  await guard.ready()
  const feed = guard.status().feed
  return { milliseconds: performance.now() - beganAt, slots: feed?.slots ?? 0, tableBytes: feed?.tableBytes ?? 0 }
}

/**
 * Answers once the guard has accepted every token. From then on the process tries each token until the guard refuses
 * it.
 */
async function watch({ tokens, scope }: WatchJob): Promise<undefined> {
  const tried = tokens.map((token) => `Bearer ${token}`)
  for (const token of tried) {
    const decision = await check(token, scope)
    if (!decision.ok) throw new Error(`a live token was refused: ${decision.reason}`)
  }
  introspectionsBefore = introspections
  watched = refusalsOf(tried, scope)
  // The promise is awaited when the result is requested. Until then a rejection must not count as unhandled.
  watched.catch(() => undefined)
  return undefined
}

async function refusalsOf(tokens: readonly string[], scope: string): Promise<readonly number[]> {
  const refusedAt = new Map<string, number>()
  const deadline = moment() + LONGEST_WAIT_MS
  while (refusedAt.size < tokens.length) {
    for (const token of tokens) {
      if (refusedAt.has(token)) continue
      const decision = await check(token, scope)
      if (decision.ok) continue
      if (decision.reason !== 'superseded') throw new Error(`refused for another reason: ${decision.reason}`)
      refusedAt.set(token, moment())
    }
    if (moment() > deadline) throw new Error('a superseded token was not refused in time')
    await new Promise((resolve) => setTimeout(resolve, TRY_EVERY_MS))
  }
  return tokens.map((token) => refusedAt.get(token) ?? Number.NaN)
}

function check(token: string, scope: string) {
  if (guard === undefined) throw new Error('no feed is followed')
  return guard.check(token, scope as Scope)
}
