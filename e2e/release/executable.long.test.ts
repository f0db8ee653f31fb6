// The executable under ten minutes of load.
import { beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { runRace } from '../race-run.ts'
import { startRealServer } from '../real-server.ts'
import { builtExecutable } from './an-executable.ts'

const MINUTE = 60_000

let executable = ''
beforeAll(() => {
  executable = builtExecutable()
})

describe.skipIf(!has('linux-x64'))('the executable at full length', () => {
  test(
    'requests that issue, check, revoke, disable, enable and delete for ten minutes have an order that explains every answer',
    async () => {
      const env = { LATCHKEY_SIGNING_ALG: 'ES256' }
      const server = await startRealServer({ env, program: [executable] })
      const outcome = await runRace(server, 10 * MINUTE)
      expect(outcome.violations).toEqual([])
      expect(outcome.failures).toBe(0)
      expect(outcome.live).toEqual([...new Set(outcome.live)])
      expect(outcome.received).toBeGreaterThan(50_000)
    },
    20 * MINUTE,
  )
})
