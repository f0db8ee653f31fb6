// Fleets of processes at full length: fifty processes, ten rotations of the token.
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { startValkey } from '../../packages/client/test/a-valkey.ts'
import { eventually } from '../eventually.ts'
import type { Assignment } from './assignment.ts'
import { startFleet, summary } from './fleet.ts'
import { aFleetSetting, type FleetSetting, issuedBy } from './fleet-setting.ts'
import { aTokenFront } from './token-front.ts'

const SIZE = 50
const LIFETIME_SECONDS = 10
/**
 * The time between two renewals: half the lifetime, plus the jitter, plus the time until the other processes have the
 * token.
 */
const RENEWED_AFTER_MS = 6400
const ROTATIONS = 10

const setting = (): Promise<FleetSetting> =>
  aFleetSetting({ lifetimeSeconds: LIFETIME_SECONDS, forMs: (ROTATIONS + 0.5) * RENEWED_AFTER_MS, callEveryMs: 500 })

async function shows({ server }: FleetSetting, assignment: Assignment): Promise<void> {
  const result = summary(await (await startFleet(SIZE, assignment)).reports)
  expect(result).toMatchObject({ processes: SIZE, refused: 0, failed: 0, errors: [] })
  expect(result.tokenRequests).toBeGreaterThan(ROTATIONS)
  expect(result.tokenRequests).toBeLessThanOrEqual(ROTATIONS + 2)
  expect(result.shortestGap).toBeGreaterThan((LIFETIME_SECONDS * 1000) / 2)
  expect(await issuedBy(server)).toBe(result.tokenRequests)
}

test('fifty processes that share a folder need one request per lifetime', async () => {
  const made = await setting()
  await shows(made, made.assignment)
})

describe.skipIf(!has('valkey-server'))('fifty processes that share a Valkey', () => {
  test('need one request per lifetime', async () => {
    const valkey = await startValkey()
    try {
      const made = await setting()
      await shows(made, { ...made.assignment, client: { kind: 'valkey', port: valkey.port } })
    } finally {
      await valkey.stop()
    }
  })
})

test('if the process that requests the token is killed, fifty processes need one more request', async () => {
  const { assignment } = await setting()
  let killed: number | undefined
  let kill: (pid: number) => void = () => undefined
  const { tokenUrl, requested } = await aTokenFront(assignment.tokenUrl, ({ number, pid }) => {
    if (number !== 2) return false
    kill(pid)
    return true
  })
  const fleet = await startFleet(SIZE, { ...assignment, tokenUrl, forMs: 20_000 })
  kill = (pid) => {
    killed = pid
    fleet.kill(pid)
  }
  const result = summary(await fleet.reports)
  expect(killed).toBeDefined()
  expect(result).toMatchObject({ processes: SIZE - 1, failed: 0, errors: [] })
  // At most four requests: the first request, the request whose process was killed, its replacement, and one renewal.
  expect(requested()).toBeLessThanOrEqual(4)
  expect(result.shortestGap).toBeGreaterThan((LIFETIME_SECONDS * 1000) / 2)
})

test('a token request by another program costs one more request, and each process gets at most one 401', async () => {
  const { server, assignment } = await setting()
  const fleet = await startFleet(SIZE, { ...assignment, forMs: 12_000 })
  const first = await eventually(async () => (await issuedBy(server)) || undefined, {
    within: 60_000,
    what: 'the fleet has a token',
  })
  expect(first).toBe(1)
  const { clientId, clientSecret, scope, tokenUrl } = assignment
  const authorization = `Basic ${btoa(`${clientId}:${clientSecret}`)}`
  const body = new URLSearchParams({ grant_type: 'client_credentials', scope })
  expect((await fetch(tokenUrl, { method: 'POST', headers: { authorization }, body })).status).toBe(200)
  const result = summary(await fleet.reports)
  expect(result).toMatchObject({ processes: SIZE, failed: 0, errors: [] })
  expect(result.refused).toBeGreaterThan(0)
  expect(result.refused).toBeLessThanOrEqual(SIZE)
  // At most four requests: the first request, the replacement, and two renewals.
  expect(result.tokenRequests).toBeLessThanOrEqual(4)
  expect(await issuedBy(server)).toBe(result.tokenRequests + 1)
})
