// Three replicas during kills, pauses and restarts of their database, at full length.
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { startCluster } from '../../packages/latchkey/test/postgres/cluster.ts'
import { runFleetRace } from './fleet-race.ts'

const TEN_MINUTES = 600_000

test.skipIf(!has('postgresql-server'))(
  'after ten minutes of kills, pauses and restarts one token is live for each integration and scope',
  async () => {
    const cluster = await startCluster()
    try {
      const outcome = await runFleetRace({ cluster, replicas: 3, milliseconds: TEN_MINUTES, calm: 4000 })
      console.info(JSON.stringify({ ...outcome, violations: outcome.violations.length, live: outcome.live.length }))
      expect(outcome.violations).toEqual([])
      expect(outcome.live.length).toBe(new Set(outcome.live).size)
      expect(outcome.received).toBeGreaterThan(1000)
    } finally {
      await cluster.remove()
    }
  },
)
