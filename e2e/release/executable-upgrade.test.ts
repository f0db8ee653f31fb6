// The executable on the stores of past releases, at the time at which they were left: their tokens are still live.
import { beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { Connection } from '../connection.ts'
import { freePort } from '../free-port.ts'
import { startRealServer } from '../real-server.ts'
import { aDataFolder, RELEASES } from '../upgrades/fixtures.ts'
import { builtExecutable } from './an-executable.ts'

let executable = ''
beforeAll(() => {
  executable = builtExecutable()
})

const STORES = RELEASES.flatMap((release) => (['stopped', 'killed'] as const).map((state) => ({ release, state })))

describe.skipIf(!has('faketime'))('the executable, on the store of a past release', () => {
  test.each(STORES)(
    '$release that was $state, accepts the tokens that were live and refuses the others for the same reasons',
    async ({ release, state }) => {
      const { env, dataDir, known, answers } = aDataFolder(release, state)
      const port = String(await freePort())
      const server = await startRealServer({
        ...{ dataDir, program: [executable] },
        // The wall clock begins where that of the old program stood. The monotonic clock stays as it is.
        wrap: ['faketime', '-m', '-f', `@${known.at.slice(0, 19).replace('T', ' ')}`],
        env: { ...env, TZ: 'UTC', FAKETIME_DONT_FAKE_MONOTONIC: '1', LATCHKEY_PORT: port },
      })
      // The public URL of the fixture leads to no machine.
      const issuer = new URL(new URL(server.issuer).pathname, `http://127.0.0.1:${port}`).href
      const connection = new Connection({ issuer })
      const verdicts = []
      for (const { token } of known.tokens) {
        const { status, headers } = await connection.verify(token)
        verdicts.push({ status, reason: headers['latchkey-reason'] ?? null })
      }
      connection.close()
      expect(verdicts.filter(({ status }) => status === 200)).not.toEqual([])
      expect(verdicts).toEqual(answers.verdicts)
    },
  )
})
