// Each slot (the stored row of an integration and scope) has a MAC, on every engine. An attacker who can write to the
// store but does not have the master key cannot make a token live.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import { StoreUnavailable } from '../../src/ports/store.ts'
import type { Row } from '../../src/rows/disk.ts'
import { attempt, newIntegration, SEALED_ROWS_CANARY } from '../a-store.ts'
import { ENGINES, type OpenedStore, openPromptReplica, openReplica } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'
import { aDatabase, execute } from '../postgres/databases.ts'

const OTHER_JTI = '0f6a1d52-7c7e-4b6a-9d0c-5d9c4e2b8a31'
const NO_TOKEN: Row = {
  ...{ live_generation: null, live_jti: null, live_issued_at: null, live_expires_at: null, live_audience: null },
}

describe.each(ENGINES)('on $name', (engine) => {
  let place: string
  let opened: OpenedStore | undefined
  /** The token of `lkone`, which is live. */
  let token: Row

  beforeEach(async () => {
    place = await engine.aPlace()
    const store = await engine.open(place)
    await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    await issueFrom(store.tokens, attempt('lkone'))
    const live = (await store.tokens.read('lkone', PREDICT))?.live
    if (live === undefined) throw new Error('lkone has no live token')
    token = {
      ...{ live_generation: live.generation, live_jti: live.jti, live_issued_at: live.issuedAt },
      ...{ live_expires_at: live.expiresAt, live_audience: live.audience },
    }
    await store.close()
  })
  afterEach(async () => {
    await opened?.close()
    opened = undefined
  })

  const reopen = async (): Promise<OpenedStore> => (opened = await engine.open(place))
  const liveOf = async (store: OpenedStore, clientId: string): Promise<string | undefined> =>
    (await store.tokens.read(clientId, PREDICT))?.live?.jti

  test('a store whose rows were not changed opens, with and without tokens', async () => {
    const store = await reopen()
    expect(await liveOf(store, 'lkone')).toBe(token['live_jti'])
    expect(await liveOf(store, 'lktwo')).toBeUndefined()
  })

  test.each<readonly [string, string, () => Row]>([
    ['another token', 'lkone', () => ({ live_jti: OTHER_JTI })],
    ['a token that lasts longer', 'lkone', () => ({ live_expires_at: Number(token['live_expires_at']) + 60 })],
    ['a token for another audience', 'lkone', () => ({ live_audience: 'api://other' })],
    ['a lower generation', 'lkone', () => ({ generation: Number(token['live_generation']) - 1 })],
    ['a token without a MAC', 'lkone', () => ({ mac: null })],
    ['the MAC of nothing', 'lkone', () => ({ mac: Buffer.alloc(16) })],
    ['the token of another integration', 'lktwo', () => ({ ...token, generation: token['live_generation'] ?? null })],
    [
      'a predecessor that is accepted for a while',
      'lkone',
      () => ({
        ...{ prev_generation: Number(token['live_generation']) - 1, prev_jti: OTHER_JTI, prev_issued_at: 1 },
        ...{ prev_expires_at: 4_000_000_000, prev_audience: 'api://default', prev_until: 4_000_000_000 },
      }),
    ],
  ])(
    'a server does not start if the stored row of an integration and scope was given %s, and the error names it',
    async (_, clientId, columns) => {
      await engine.changeSlot(place, clientId, columns())
      await expect(reopen()).rejects.toThrow(`slot ${clientId} ${PREDICT} in the store is damaged`)
    },
  )

  test('a token that someone deleted from the database has ended, and the next token is issued', async () => {
    await engine.changeSlot(place, 'lkone', { ...NO_TOKEN, mac: null })
    const store = await reopen()
    expect(await liveOf(store, 'lkone')).toBeUndefined()
    expect(await issueFrom(store.tokens, attempt('lkone'))).toMatchObject({ ok: true })
  })

  test('the first start on a store of a version without MACs adds the MACs, and the tokens stay live', async () => {
    await engine.changeSlot(place, 'lkone', { mac: null })
    await engine.execute(place, `UPDATE store SET canary = ${engine.bytes(SEALED_ROWS_CANARY)}`)
    const store = await reopen()
    expect(await liveOf(store, 'lkone')).toBe(token['live_jti'])
    await store.close()
    expect(await liveOf(await reopen(), 'lkone')).toBe(token['live_jti'])
    await opened?.close()
    await engine.changeSlot(place, 'lkone', { mac: null })
    await expect(reopen()).rejects.toThrow('damaged')
  })

  test('in a store of a version without MACs, a row with a wrong MAC is reported as damaged', async () => {
    await engine.changeSlot(place, 'lkone', { mac: Buffer.alloc(16) })
    await engine.execute(place, `UPDATE store SET canary = ${engine.bytes(SEALED_ROWS_CANARY)}`)
    await expect(reopen()).rejects.toThrow('damaged')
  })
})

test.skipIf(!has('postgresql'))(
  'a running server gives no answer from a row that someone changed in the database',
  async () => {
    const url = await aDatabase()
    // The replica has the deadlines of a server. So the read fails after the retry budget, when a server would answer
    // 503.
    const store = await openPromptReplica(url)
    await store.integrations.create([newIntegration('lkone')], [])
    await issueFrom(store.tokens, attempt('lkone'))
    const before = (await store.tokens.read('lkone', PREDICT))?.live?.jti
    const change = (jti: string | undefined) =>
      execute(
        url,
        `WITH changed AS (UPDATE slot SET live_jti = '${jti ?? ''}' WHERE live_jti IS NOT NULL RETURNING id)
      INSERT INTO change (slot_id) SELECT id FROM changed`,
      )
    await change(OTHER_JTI)
    await expect(store.tokens.read('lkone', PREDICT)).rejects.toThrow(StoreUnavailable)
    await change(before)
    const read = async () => (await store.tokens.read('lkone', PREDICT))?.live?.jti
    await expect.poll(() => read().catch(() => undefined), { timeout: 30_000 }).toBe(before)
    await store.close()
  },
)

test.skipIf(!has('postgresql'))(
  'a running server misses no change that arrives together with a damaged row',
  async () => {
    const url = await aDatabase()
    const one = await openReplica(url)
    await one.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    await issueFrom(one.tokens, attempt('lkone'))
    await execute(url, 'CREATE TABLE earlier AS SELECT * FROM slot')
    await issueFrom(one.tokens, attempt('lktwo'))
    await one.close()
    await execute(
      url,
      'CREATE TABLE later AS SELECT * FROM slot; DELETE FROM slot; INSERT INTO slot SELECT * FROM earlier',
    )

    const two = await openPromptReplica(url)
    const live = () => two.slotViews.liveByScope(two.clock.now()).get(PREDICT)
    expect(live()).toBe(1)
    await execute(
      url,
      `BEGIN; DELETE FROM slot; INSERT INTO slot SELECT * FROM later;
    UPDATE slot SET live_jti = '${OTHER_JTI}' WHERE client_id = 'lkone' AND live_jti IS NOT NULL;
    INSERT INTO change (slot_id) SELECT id FROM slot; COMMIT`,
    )
    // When the second of these reads fails, the server has read the damaged row from the change log and rejected it.
    for (let times = 0; times < 2; times++)
      await expect(two.tokens.read('lkone', PREDICT)).rejects.toThrow(StoreUnavailable)
    await execute(url, 'DELETE FROM slot; INSERT INTO slot SELECT * FROM later')
    await expect.poll(live, { timeout: 30_000 }).toBe(2)
    await two.close()
  },
)
