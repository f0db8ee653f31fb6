// The race of all operations at full length.
import { expect, test } from 'vitest'
import { runRace } from './race-run.ts'
import { startRealServer } from './real-server.ts'

const MINUTE = 60_000

test('requests that issue, check, revoke, disable, enable and delete for 60 seconds have an order that explains every answer', async () => {
  const server = await startRealServer({ env: { LATCHKEY_SIGNING_ALG: 'ES256' } })
  const outcome = await runRace(server, MINUTE)
  expect(outcome.violations).toEqual([])
  expect(outcome.failures).toBe(0)
  expect(outcome.live).toEqual([...new Set(outcome.live)])
  expect(outcome.received).toBeGreaterThan(5000)
})
