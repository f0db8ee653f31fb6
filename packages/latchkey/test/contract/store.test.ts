// The behaviour of the store interfaces, tested on each engine with real files and a real database.
import { describe, expect, test } from 'vitest'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import type { IssuedToken } from '../../src/ports/slots.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { changing, removing } from '../changing.ts'
import { ENGINES, type OpenedStore } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'

const issue = async (store: OpenedStore, ...of: Parameters<typeof attempt>): Promise<IssuedToken> => {
  const outcome = await issueFrom(store.tokens, attempt(...of))
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value
}

describe.each(ENGINES)('$name', (engine) => {
  test('acknowledged changes are still there after the store was closed and opened again', async () => {
    const file = await engine.aPlace()
    const before = await engine.open(file)
    await before.integrations.create([newIntegration('lkone', { kind: 'stable', renewBeforeSeconds: 60 }, 30)], [])
    const { token } = await issue(before, 'lkone')
    await before.integrations.change('lkone', ...changing({ kind: 'set_resource_server', scopes: [MODEL] }))
    const state = await before.integrations.find('lkone')
    await before.close()

    const after = await engine.open(file)
    expect(await after.integrations.find('lkone')).toEqual(state)
    expect((await after.tokens.read('lkone', PREDICT))?.live).toEqual(token)
    await after.close()
  })

  test('generations (the version numbers of tokens) continue to grow after the store was opened again', async () => {
    const file = await engine.aPlace()
    const before = await engine.open(file)
    await before.integrations.create([newIntegration('lkone')], [])
    const first = await issue(before, 'lkone')
    await before.tokens.revoke('lkone', PREDICT, first.token.jti)
    await before.close()

    const after = await engine.open(file)
    const second = await issue(after, 'lkone')
    // The revocation takes a generation too.
    expect(second.token.generation).toBe(first.token.generation + 2)
    await after.close()
  })

  test('client IDs and scopes that differ only in case are different', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone'), newIntegration('LKONE')], [])
    const lower = await issue(store, 'lkone')
    const upper = await issue(store, 'LKONE')
    expect((await store.tokens.read('lkone', PREDICT))?.live?.jti).toBe(lower.token.jti)
    expect((await store.tokens.read('LKONE', PREDICT))?.live?.jti).toBe(upper.token.jti)
    await store.close()
  })

  test('concurrent requests share one token, and a later request gets a new token', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone')], [])
    const overlapping = await Promise.all(Array.from({ length: 64 }, () => issue(store, 'lkone')))
    const later = await issue(store, 'lkone')
    expect(new Set(overlapping.map(({ text }) => text)).size).toBe(1)
    expect(later.token.generation).toBeGreaterThan(overlapping[0]?.token.generation ?? Number.NaN)
    expect((await store.tokens.read('lkone', PREDICT))?.live).toEqual(later.token)
    await store.close()
  })

  test('an integration whose client ID is in use is refused, and the other changes of the batch succeed', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone')], [])
    const [again, token] = await Promise.all([
      store.integrations.create([newIntegration('lkone')], []),
      issue(store, 'lkone'),
    ])
    expect(again).toMatchObject({ ok: false, refusal: { reason: 'client_id_taken' } })
    expect((await store.tokens.read('lkone', PREDICT))?.live).toEqual(token.token)
    await store.close()
  })

  test('a statement that the database refuses fails only its own request in the batch', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    const sameRecordId = { ...newIntegration('lkthree'), profile: newIntegration('lkone').profile }
    const outcomes = await Promise.allSettled([
      issue(store, 'lkone'),
      store.integrations.create([sameRecordId], []),
      issue(store, 'lktwo'),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await store.integrations.find('lkthree')).toBeUndefined()
    await store.close()
  })

  test('a token request with an unusual user agent succeeds', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    const odd = `\u0000\ud800 ${'x'.repeat(5000)}`
    await Promise.all([issue(store, 'lkone', PREDICT, odd), issue(store, 'lktwo')])
    await store.close()
  })

  test('a start with another audience ends all tokens, and a start with the old audience makes no token live again', async () => {
    const file = await engine.aPlace()
    const first = await engine.open(file, 'api://one')
    await first.integrations.create([newIntegration('lkone')], [])
    await issue(first, 'lkone')
    await first.close()
    const second = await engine.open(file, 'api://two')
    expect((await second.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
    await second.close()
    const third = await engine.open(file, 'api://one')
    expect((await third.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
    await third.close()
  })

  test('removing an integration removes all its rows in the database', async () => {
    const file = await engine.aPlace()
    const store = await engine.open(file)
    await store.integrations.create([newIntegration('lkone')], [])
    await issue(store, 'lkone')
    await store.integrations.remove('lkone', removing)
    expect(await store.integrations.find('lkone')).toBeUndefined()
    await store.close()
    for (const table of engine.tablesOfIntegrations) {
      expect(await engine.query(file, `SELECT count(*) = 0 AS gone FROM ${table}`)).toEqual([{ gone: engine.yes }])
    }
  })

  test('after a restart the history still has the last 16 issuances of a scope, with their requesters', async () => {
    const file = await engine.aPlace()
    const store = await engine.open(file)
    await store.integrations.create([newIntegration('lkone')], [])
    for (let i = 0; i < 20; i++) await issue(store, 'lkone', PREDICT, `program ${String(i)}`)
    await store.close()
    const again = await engine.open(file)
    const history = await again.slotViews.history('lkone', PREDICT)
    expect(history.map(({ generation }) => generation)).toEqual(Array.from({ length: 16 }, (_, i) => 20 - i))
    expect(history.map(({ requesters }) => requesters)).toEqual(
      Array.from({ length: 16 }, (_, i) => [
        { address: '127.0.0.1', userAgent: `program ${String(19 - i)}`, credentialId: 'sec_lkone' },
      ]),
    )
    await again.close()
  })

  test('raising the generation floor ends every token up to the floor, and the next token is above the floor', async () => {
    const file = await engine.aPlace()
    const before = await engine.open(file)
    await before.integrations.create([newIntegration('lkone')], [])
    await issue(before, 'lkone')
    await before.close()
    await engine.query(file, 'UPDATE store SET floor = 1800000000000000')
    const after = await engine.open(file)
    expect((await after.tokens.read('lkone', PREDICT))?.live).toBeUndefined()
    expect((await issue(after, 'lkone')).token.generation).toBe(1_800_000_000_000_001)
    await after.close()
  })

  test('closing the store stores the last of several uses of a secret', async () => {
    const place = await engine.aPlace()
    const before = await engine.open(place)
    await before.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    for (const [clientId, at] of [
      ['lkone', 11],
      ['lktwo', 12],
      ['lkone', 13],
    ] as const) {
      before.secrets.noteUse({ clientId, secretId: `sec_${clientId}`, at, address: '127.0.0.1', userAgent: "it's" })
    }
    await before.close()
    const after = await engine.open(place)
    const [one] = await after.secrets.of('lkone')
    const [two] = await after.secrets.of('lktwo')
    expect([one?.lastUse, two?.lastUse]).toEqual([
      { at: 13, address: '127.0.0.1', userAgent: "it's" },
      { at: 12, address: '127.0.0.1', userAgent: "it's" },
    ])
    await after.close()
  })

  test('a store can be closed twice', async () => {
    const store = await engine.open(await engine.aPlace())
    await Promise.all([store.close(), store.close()])
    await store.close()
  })

  test('requests over the limit of pending requests are rejected at once, and the pending requests get their tokens', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone')], [])
    const outcomes = await Promise.allSettled(Array.from({ length: 5000 }, () => issue(store, 'lkone')))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(5000 - 4096)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'store_unavailable', retryAfterSeconds: 1 })
    await store.close()
  })

  test('a change whose audit record cannot be written is rolled back alone, and the next change succeeds', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone')], [])
    const fault = (): never => {
      throw new Error('no record')
    }
    const [changes, order] = changing({ kind: 'disable' })
    const outcomes = await Promise.allSettled([
      store.integrations.change('lkone', changes, { ...order, audit: fault }),
      store.integrations.change('lkone', ...changing({ kind: 'set_resource_server', scopes: [MODEL] })),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await store.integrations.find('lkone')).toMatchObject({
      integration: { enabled: true, resourceServerFor: [MODEL], version: 2 },
    })
    await store.close()
  })

  test('if a batch fails, its retried issuance does not supersede a token that was acknowledged before the retry', async () => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone'), newIntegration('lktwo')], [])
    const first = await issue(store, 'lkone')
    const sameRecordId = { ...newIntegration('lkthree'), profile: newIntegration('lkone').profile }
    const issuing = issue(store, 'lkone')
    // The token is signed and queued first, but the revocation comes before it in the batch. So the token needs a
    // higher generation.
    for (let i = 0; i < 20; i++) await Promise.resolve()
    const [issued] = await Promise.all([
      issuing,
      store.tokens.revoke('lkone', PREDICT, first.token.jti),
      store.integrations.create([sameRecordId], []).catch(() => undefined),
    ])
    // The promises of these issuances resolve only when every earlier commit is durable.
    for (let i = 0; i < 5; i++) await issue(store, 'lktwo')
    expect((await store.tokens.read('lkone', PREDICT))?.live).toEqual(issued.token)
    await store.close()
  })
})
