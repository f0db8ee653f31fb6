// Many processes with one integration: they need one token request per lifetime, and no call is refused.
import { beforeAll, afterAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { type RunningValkey, startValkey } from '../../packages/client/test/a-valkey.ts'
import type { Assignment } from './assignment.ts'
import { startFleet, summary } from './fleet.ts'
import { aFleetSetting, type FleetSetting } from './fleet-setting.ts'
import { aTokenFront } from './token-front.ts'

const SIZE = 8
const LIFETIME_SECONDS = 6
/**
 * The time between two renewals: half the lifetime, plus the jitter, plus the time until the other processes have the
 * token.
 */
const RENEWED_AFTER_MS = 4300
const ROTATIONS = 2

async function setting(): Promise<FleetSetting> {
  return aFleetSetting({ lifetimeSeconds: LIFETIME_SECONDS, forMs: ROTATIONS * RENEWED_AFTER_MS, callEveryMs: 150 })
}

async function shows(assignment: Assignment): Promise<void> {
  const fleet = await startFleet(SIZE, assignment)
  const result = summary(await fleet.reports)
  expect(result).toMatchObject({ processes: SIZE, refused: 0, failed: 0, errors: [] })
  expect(result.tokenRequests).toBeGreaterThanOrEqual(ROTATIONS)
  expect(result.tokenRequests).toBeLessThanOrEqual(ROTATIONS + 1)
  expect(result.shortestGap).toBeGreaterThan((LIFETIME_SECONDS * 1000) / 2)
}

test('processes that share a folder need one request per lifetime', async () => {
  await shows((await setting()).assignment)
})

describe.skipIf(!has('valkey-server'))('processes that share a Valkey', () => {
  let valkey: RunningValkey
  beforeAll(async () => {
    valkey = await startValkey()
  })
  afterAll(() => valkey.stop())

  test('need one request per lifetime', async () => {
    const { assignment } = await setting()
    await shows({ ...assignment, client: { kind: 'valkey', port: valkey.port } })
  })
})

test('a process that is killed while it requests the token costs one more request', async () => {
  const { assignment } = await setting()
  const kill = { pid: 0, now: (pid: number): void => void (kill.pid = pid) }
  const { tokenUrl, requested } = await aTokenFront(assignment.tokenUrl, ({ number, pid }) => {
    if (number !== 2) return false
    kill.now(pid)
    return true
  })
  // The run lasts longer than the killed process's lease on the token request, so some calls follow the end of the
  // lease.
  const fleet = await startFleet(SIZE, { ...assignment, tokenUrl, forMs: 14_000 })
  kill.now = (pid) => {
    kill.pid = pid
    fleet.kill(pid)
  }
  const result = summary(await fleet.reports)
  expect(kill.pid).not.toBe(0)
  expect(result).toMatchObject({ processes: SIZE - 1, failed: 0, errors: [] })
  // At most four requests: the first request, the request whose process was killed, its replacement, and one renewal.
  expect(requested()).toBeLessThanOrEqual(4)
  expect(result.shortestGap).toBeGreaterThan((LIFETIME_SECONDS * 1000) / 2)
})

test("processes whose clients do not share tokens end each other's tokens", async () => {
  const { assignment } = await setting()
  const fleet = await startFleet(SIZE, { ...assignment, client: { kind: 'naive' }, forMs: 2000 })
  const result = summary(await fleet.reports)
  expect(result.refused).toBeGreaterThan(SIZE)
  expect(result.tokenRequests).toBeGreaterThan(SIZE)
})
