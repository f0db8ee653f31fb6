// On PostgreSQL a batch of tokens conflicts only with changes of the configuration that its tokens depend on.
import { describe, expect, onTestFinished, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { MODEL } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing, removing } from '../changing.ts'
import { openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'

/** An empty array for each column of the table of slots, for the SQL function that commits a batch. */
const NO_SLOTS = Array.from({ length: 20 }, () => "'{}'").join(', ')

/**
 * Makes a store with two integrations. Returns a function that commits a batch for one of them, based on the
 * configuration at the time of this call.
 */
async function aBatch() {
  const url = await aDatabase()
  const store = await openReplica(url)
  onTestFinished(() => store.close())
  await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
  const [now] = await execute(url, 'SELECT configuration, floor FROM store')
  const verdict = async (clientId: string): Promise<unknown> => {
    const assumed = `${String(now?.['configuration'])}, ${String(now?.['floor'])}`
    const sql = `SELECT commit_slot_batch(${assumed}, 'asynchronous', '{${clientId}}', ${NO_SLOTS})->>'verdict' AS verdict`
    return (await execute(url, sql))[0]?.['verdict']
  }
  return { store, verdict, url }
}

describe.skipIf(!has('postgresql'))('a batch of tokens', () => {
  test('has no conflict if the configuration has not changed', async () => {
    const { verdict } = await aBatch()
    expect(await verdict('lkone')).toBe('done')
  })

  test('conflicts with a change of an integration in the batch, and not with a change of another integration', async () => {
    const { store, verdict } = await aBatch()
    await store.integrations.change('lkone', ...changing({ kind: 'disable' }))
    expect([await verdict('lkone'), await verdict('lktwo')]).toEqual(['overtaken', 'done'])
  })

  test('conflicts with the removal of an integration in the batch, and not with the removal of another integration', async () => {
    const { store, verdict } = await aBatch()
    await store.integrations.remove('lkone', removing)
    expect([await verdict('lkone'), await verdict('lktwo')]).toEqual(['overtaken', 'done'])
  })

  test('conflicts with a new integration under the client ID of a removed integration', async () => {
    const { store, verdict } = await aBatch()
    await store.integrations.remove('lkone', removing)
    await store.integrations.create([newIntegration('lkone')], [])
    expect([await verdict('lkone'), await verdict('lktwo')]).toEqual(['overtaken', 'done'])
  })

  test('conflicts with a change of the scopes of any integration', async () => {
    const { store, verdict } = await aBatch()
    await store.catalogAdministration.changeScope(
      MODEL,
      { audience: 'api://other', description: undefined },
      { version: undefined, audit: () => [] },
    )
    expect([await verdict('lkone'), await verdict('lktwo')]).toEqual(['overtaken', 'overtaken'])
  })

  test('conflicts with a restore, which ends all earlier tokens', async () => {
    const { verdict, url } = await aBatch()
    await execute(url, 'UPDATE store SET floor = floor + 1')
    expect(await verdict('lktwo')).toBe('overtaken')
  })

  test('does not conflict with a batch of other tokens', async () => {
    const { store, verdict } = await aBatch()
    expect((await issueFrom(store.tokens, attempt('lkone'))).ok).toBe(true)
    expect(await verdict('lkone')).toBe('done')
  })
})
