// The race of client assertions at two real servers, at full length.
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { aDatabase } from '../../packages/latchkey/test/postgres/databases.ts'
import { raceOfAssertions } from './assertion-race.ts'
import { type Replica, startFleet } from './fleet.ts'

test.skipIf(!has('postgresql'))(
  'one assertion that is sent to two servers at once gets one token, a thousand times',
  async () => {
    const url = await aDatabase()
    const replicas = (await startFleet({ databases: [url, url] })) as readonly [Replica, Replica]
    const outcomes = await raceOfAssertions(replicas, 1000)
    expect(outcomes.filter(([lower, higher]) => lower !== 200 || higher !== 401)).toEqual([])
  },
)
