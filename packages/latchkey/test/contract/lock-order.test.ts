// Two replicas that commit tokens for the same integrations and scopes at the same time never deadlock. A slot is the
// row of one integration and scope.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { eventually } from '../../../../e2e/eventually.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { changeSentence } from '../postgres/broken-functions.ts'
import { aDatabase, execute } from '../postgres/databases.ts'

const CLIENT_IDS = ['lkone', 'lktwo', 'lkthree']
const SOON = { within: 30_000 }

/**
 * Requests tokens at one replica from the first slot to the last, and at the other from the last to the first. Another
 * session keeps the slot in the middle locked until both replicas wait for it. Returns the number of issued tokens, and
 * the number of deadlocks that PostgreSQL reported.
 */
async function bothWays(url: string) {
  const count = async (sql: string): Promise<number> => Number((await execute(url, sql))[0]?.['count'])
  const replicas = [await openReplica(url), await openReplica(url)] as const
  await replicas[0].integrations.create(
    CLIENT_IDS.map((clientId) => newIntegration(clientId)),
    [],
  )
  // Both replicas have read the slots before the requests begin.
  for (const { integrations } of replicas) for (const clientId of CLIENT_IDS) await integrations.find(clientId)
  const holder = new pg.Client({ connectionString: url, options: '-c search_path=latchkey' })
  await holder.connect()
  await holder.query(`BEGIN; SELECT FROM slot WHERE client_id = 'lktwo' AND scope = '${PREDICT}' FOR UPDATE`)
  const requested = [
    ...CLIENT_IDS.map((clientId) => issueFrom(replicas[0].tokens, attempt(clientId))),
    ...CLIENT_IDS.toReversed().map((clientId) => issueFrom(replicas[1].tokens, attempt(clientId))),
  ]
  await eventually(async () => ((await count(WAITING)) === 2 ? true : undefined), { ...SOON, what: 'both wait' })
  await holder.query('COMMIT')
  await holder.end()
  const outcomes = await Promise.allSettled(requested)
  const issued = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.ok).length
  await Promise.all(replicas.map((replica) => replica.close()))
  // PostgreSQL adds the counters of a session to its statistics when the session ends.
  await eventually(async () => ((await count(SESSIONS)) === 0 ? true : undefined), { ...SOON, what: 'all have gone' })
  return { issued, circles: await count(CIRCLES) }
}

const CIRCLES = 'SELECT deadlocks AS count FROM pg_stat_database WHERE datname = current_database()'
const SESSIONS = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`
const WAITING = `${SESSIONS} AND wait_event_type = 'Lock'`

describe.skipIf(!has('postgresql'))('two replicas that change the same slots in different orders', () => {
  test('never deadlock', async () => {
    expect(await bothWays(await aDatabase())).toEqual({ issued: 6, circles: 0 })
  })

  test('would deadlock if a commit locked its slots in the order of its requests', async () => {
    const url = await aDatabase()
    const asItStands = 'array_position(ids, s.id)'
    await changeSentence(url, 'commit_slot_batch', /(?<=ORDER BY )s\.id(?= FOR NO KEY UPDATE OF s)/, asItStands)
    expect(await bothWays(url)).toMatchObject({ circles: 1 })
  })
})
