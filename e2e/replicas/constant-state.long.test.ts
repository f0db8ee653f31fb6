// A million issuances over a thousand slots (pairs of integration and scope) leave a thousand rows, and the table has
// not grown.
import { expect, test } from 'vitest'
import { has } from '../../scripts/programs.mjs'
import { attempt, newIntegration } from '../../packages/latchkey/test/a-store.ts'
import { openPromptReplica } from '../../packages/latchkey/test/engines.ts'
import { issueFrom } from '../../packages/latchkey/test/issue-from.ts'
import { aDatabase, execute } from '../../packages/latchkey/test/postgres/databases.ts'
import { MODEL, PREDICT } from '../../packages/latchkey/src/domain/reference-catalog.ts'
import { decodeHistory } from '../../packages/latchkey/src/rows/issuance-history.ts'

const INTEGRATIONS = 500
const FIRST = 10_000
const ALL = 1_000_000
/** The number of simultaneous requests. Under load about the same number of requests share one commit. */
const TOGETHER = 200

test.skipIf(!has('postgresql'))(
  'after a million tokens the store is no larger than after the first ten thousand',
  async () => {
    const url = await aDatabase()
    const store = await openPromptReplica(url)
    const clientIds = Array.from({ length: INTEGRATIONS }, (_, at) => `lkconstant${String(at)}`)
    await store.integrations.create(
      clientIds.map((clientId) => newIntegration(clientId)),
      [],
    )
    const slots = clientIds.flatMap((clientId) => [PREDICT, MODEL].map((scope) => [clientId, scope] as const))
    let issued = 0
    const issueUpTo = async (goal: number): Promise<void> => {
      while (issued < goal) {
        const some = Array.from(
          { length: TOGETHER },
          (_, at) => slots[(issued + at) % slots.length] as (typeof slots)[0],
        )
        const outcomes = await Promise.all(
          some.map(([clientId, scope]) => issueFrom(store.tokens, attempt(clientId, scope))),
        )
        expect(outcomes.every(({ ok }) => ok)).toBe(true)
        issued += TOGETHER
      }
    }
    const size = async (): Promise<number> => {
      const [row] = await execute(url, `SELECT pg_total_relation_size('slot')::int AS bytes`)
      return Number(row?.['bytes'])
    }
    await issueUpTo(FIRST)
    const before = await size()
    await issueUpTo(ALL)
    const after = await size()
    const histories = await execute(url, 'SELECT history FROM slot')
    await store.close()
    expect(histories.length).toBe(slots.length)
    expect(histories.every(({ history }) => decodeHistory(history as Buffer).length === 16)).toBe(true)
    expect(after / before).toBeLessThan(1.2)
  },
)
