// The race of client assertions at real servers, at full length.
import { describe, expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aDatabase } from '../../packages/latchkey/test/postgres/databases.ts'
import { startRealServer } from '../real-server.ts'
import { raceOfAssertions, SINGLE_USE, wrongOutcomes } from './assertion-race.ts'
import { type Replica, startFleet } from './fleet.ts'

const ROUNDS = 1000

describe.each(SINGLE_USE)('an assertion %s', (_name, clients) => {
  test.skipIf(!has('postgresql'))(
    'gets one token if three servers receive it twice at the same moment, a thousand times',
    async () => {
      const url = await aDatabase()
      const servers = (await startFleet({ databases: [url, url, url] })) as readonly [Replica, Replica, Replica]
      const outcomes = await raceOfAssertions({ servers, connections: 2, clients, rounds: ROUNDS })
      expect(outcomes).toHaveLength(ROUNDS)
      expect(wrongOutcomes(outcomes)).toEqual([])
    },
  )

  test('gets one token if four connections to one server send it at the same moment, a thousand times', async () => {
    const server = await startRealServer({ env: { LATCHKEY_SIGNING_ALG: 'ES256', LATCHKEY_DEMO: 'off' } })
    const outcomes = await raceOfAssertions({ servers: [server], connections: 4, clients, rounds: ROUNDS })
    expect(outcomes).toHaveLength(ROUNDS)
    expect(wrongOutcomes(outcomes)).toEqual([])
  })
})
