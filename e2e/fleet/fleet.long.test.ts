// The fleets at full length: fifty processes, ten rotations.
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { startValkey } from '../../packages/client/test/a-valkey.ts'
import type { Assignment } from './assignment.ts'
import { startFleet, summary } from './fleet.ts'
import { aFleetSetting, type FleetSetting, issuedBy } from './fleet-setting.ts'

const SIZE = 50
const LIFETIME_SECONDS = 10
/** Half its lifetime, the jitter and the handover. */
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

test('fifty processes that share a folder', async () => {
  const made = await setting()
  await shows(made, made.assignment)
})

describe.skipIf(!has('valkey-server'))('fifty processes that share a Valkey', () => {
  test('do as well', async () => {
    const valkey = await startValkey()
    try {
      const made = await setting()
      await shows(made, { ...made.assignment, client: { kind: 'valkey', port: valkey.port } })
    } finally {
      await valkey.stop()
    }
  })
})
