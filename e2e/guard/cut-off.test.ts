// A guard loses its connection to the feed: it accepts ended tokens no longer than its bound allows, then follows
// `onStale`, and reconnects.
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { eventually } from '../eventually.ts'
import { aGuardProcess } from './a-guard-process.ts'
import { aGuardedServer, type GuardUnderTest } from './guarded-server.ts'

const MAX_STALE_MS = 2000
const REFUSE = { mode: 'feed', maxStaleSeconds: MAX_STALE_MS / 1000, onStale: 'refuse' } as const
const INTROSPECT = { ...REFUSE, onStale: 'introspect' } as const
/** Guard and server share two cores, so a scheduling delay may exceed the bound by some milliseconds. */
const TOLERANCE_MS = 250
const LOOK_MS = 20

/** Asks the guard repeatedly for the given time. Returns each verdict with its time, in milliseconds since `since`. */
async function watch(guard: GuardUnderTest, token: string, since: number, ms: number) {
  const seen: { readonly at: number; readonly verdict: string }[] = []
  while (performance.now() - since < ms) {
    const at = performance.now() - since
    seen.push({ at, verdict: await guard.verdict(token) })
    await pause(LOOK_MS)
  }
  return seen
}

const lastAccepted = (seen: Awaited<ReturnType<typeof watch>>): number =>
  Math.max(0, ...seen.filter(({ verdict }) => verdict === '200').map(({ at }) => at))

const firstRefused = (seen: Awaited<ReturnType<typeof watch>>): number =>
  seen.find(({ verdict }) => verdict !== '200')?.at ?? Infinity

const others = (seen: Awaited<ReturnType<typeof watch>>): readonly string[] => [
  ...new Set(seen.map(({ verdict }) => verdict).filter((verdict) => verdict !== '200')),
]

const ready = async (guard: GuardUnderTest): Promise<GuardUnderTest> => {
  await guard.ready()
  return guard
}

const states = (guard: GuardUnderTest): readonly string[] =>
  guard.events.flatMap((event) => (event.type === 'feed' ? [event.state] : []))

test('while the server is paused, the guard answers 503 once its table is too old, and continues when the server does', async () => {
  const { server, token, guard } = await aGuardedServer()
  const live = await token()
  const follower = await ready(guard(REFUSE))
  expect(await follower.verdict(live)).toBe('200')
  server.kill('SIGSTOP')
  const age = (follower.status().feed?.ageSeconds ?? Infinity) * 1000
  const seen = await watch(follower, live, performance.now(), MAX_STALE_MS + 1000)
  server.kill('SIGCONT')
  expect(lastAccepted(seen)).toBeLessThan(MAX_STALE_MS + TOLERANCE_MS)
  expect(firstRefused(seen)).toBeGreaterThan(MAX_STALE_MS - age - TOLERANCE_MS)
  expect(others(seen)).toEqual(['503 temporarily_unavailable'])
  await eventually(async () => (await follower.verdict(live)) === '200', {
    within: 60_000,
    what: 'it is accepted again',
  })
})

describe('with a silent connection', () => {
  test('a guard whose connection is silent refuses an ended token once the bound has passed since its end', async () => {
    const { proxy, token, guard } = await aGuardedServer()
    const first = await token()
    const follower = await ready(guard(REFUSE))
    proxy.impose({ kind: 'silence' }, 'everything')
    await token()
    const ended = performance.now()
    const seen = await watch(follower, first, ended, MAX_STALE_MS + 1000)
    expect(lastAccepted(seen)).toBeLessThan(MAX_STALE_MS + TOLERANCE_MS)
    expect(others(seen)).toEqual(['503 temporarily_unavailable'])
  })

  test('if only the feed is silent, a guard that may introspect begins to introspect as soon as the bound has passed', async () => {
    const { proxy, token, guard } = await aGuardedServer()
    const first = await token()
    const follower = await ready(guard(INTROSPECT))
    proxy.impose({ kind: 'silence' }, 'feed')
    const second = await token()
    const seen = await watch(follower, first, performance.now(), MAX_STALE_MS + 1000)
    expect(lastAccepted(seen)).toBeLessThan(MAX_STALE_MS + TOLERANCE_MS)
    expect(others(seen)).toEqual(['401 superseded'])
    expect(await follower.verdict(second)).toBe('200')
    expect(follower.status().feed?.isStale).toBe(true)
    // The guard notices the dead connection and opens another, which works.
    proxy.impose({ kind: 'none' }, 'everything')
    proxy.cut()
    await eventually(() => follower.status().feed?.isStale === false, { within: 60_000, what: 'the table is fresh' })
  })
})

test('behind a proxy that delays bytes by 10 s, old heartbeats do not count as fresh', async () => {
  const HELD_MS = 10_000
  const { proxy, token, guard } = await aGuardedServer()
  const first = await token()
  const strict = await ready(guard(REFUSE))
  const asking = await ready(guard(INTROSPECT))
  const patient = await ready(guard({ ...REFUSE, maxStaleSeconds: 30 }))
  proxy.impose({ kind: 'delay', ms: HELD_MS }, 'feed')
  const second = await token()
  const ended = performance.now()
  const [byStrict, byAsking, byPatient] = await Promise.all(
    [strict, asking, patient].map((follower) => watch(follower, first, ended, HELD_MS + 3000)),
  )
  expect(lastAccepted(byStrict ?? [])).toBeLessThan(MAX_STALE_MS + TOLERANCE_MS)
  expect(lastAccepted(byAsking ?? [])).toBeLessThan(MAX_STALE_MS + TOLERANCE_MS)
  expect(others(byAsking ?? [])).toEqual(['401 superseded'])
  // A change that arrives late still applies: it ends the token when it arrives.
  expect(lastAccepted(byPatient ?? [])).toBeLessThan(HELD_MS + 1000)
  expect(others(byPatient ?? [])).toEqual(['401 superseded'])
  expect(patient.status().feed?.ageSeconds).toBeGreaterThan(HELD_MS / 1000 - 1)
  expect(await asking.verdict(second)).toBe('200')
})

test('a guard whose own process was paused does not decide by its outdated table', async () => {
  const { server, reader, token } = await aGuardedServer()
  const first = await token()
  const guard = await aGuardProcess({ issuer: server.issuer, reader, liveness: REFUSE })
  expect(await guard.verdict(first)).toBe('200')
  guard.kill('SIGSTOP')
  await token()
  // The request waits in the pipe, so the guard process judges it as soon as it continues.
  const requested = guard.verdict(first)
  await pause(MAX_STALE_MS + 500)
  guard.kill('SIGCONT')
  expect(['401 superseded', '503 temporarily_unavailable']).toContain(await requested)
  await eventually(async () => (await guard.verdict(first)) === '401 superseded', {
    within: 60_000,
    what: 'it has caught up',
  })
})

test('a guard that was paused while cut off answers 503 to its first request after the pause', async () => {
  const { server, proxy, reader, token } = await aGuardedServer()
  const live = await token()
  const guard = await aGuardProcess({ issuer: server.issuer, reader, liveness: REFUSE })
  expect(await guard.verdict(live)).toBe('200')
  proxy.impose({ kind: 'silence' }, 'everything')
  guard.kill('SIGSTOP')
  const requested = guard.verdict(live)
  await pause(MAX_STALE_MS + 500)
  guard.kill('SIGCONT')
  expect(await requested).toBe('503 temporarily_unavailable')
})

test('after a short interruption the guard resumes the feed: it receives the missed changes and no snapshot', async () => {
  const { proxy, token, guard } = await aGuardedServer()
  const first = await token()
  const follower = await ready(guard(REFUSE))
  proxy.cut()
  const second = await token()
  await eventually(async () => (await follower.verdict(first)) === '401 superseded', {
    within: 60_000,
    what: 'the first token is refused',
  })
  expect(await follower.verdict(second)).toBe('200')
  await eventually(() => states(follower).at(-1) === 'resumed', { within: 60_000, what: 'the feed goes on' })
  expect(states(follower)).toEqual(['loaded', 'ended', 'resumed'])
  expect(proxy.feedRequests[0]).toBe('')
  expect(proxy.feedRequests.at(-1)).not.toBe('')
})
