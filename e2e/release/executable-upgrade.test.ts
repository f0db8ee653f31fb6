// The executable opens the stores of past releases. Its clock shows the time at which each store was left, so the
// tokens in it are still live.
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
    '$release that was $state: the executable accepts the tokens that were live and refuses the other tokens for the same reasons',
    async ({ release, state }) => {
      const { env, dataDir, known, answers } = aDataFolder(release, state)
      const port = String(await freePort())
      const server = await startRealServer({
        ...{ dataDir, program: [executable] },
        // The wall clock continues from the time at which the old program stopped. The monotonic clock is not changed.
        wrap: ['faketime', '-m', '-f', `@${known.at.slice(0, 19).replace('T', ' ')}`],
        env: { ...env, TZ: 'UTC', FAKETIME_DONT_FAKE_MONOTONIC: '1', LATCHKEY_PORT: port },
      })
      // The host of the fixture's public URL does not exist, so the test uses the path of the URL on this machine.
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
