// Scope changes and token requests go through one queue. A request after a change in the queue is judged by the changed
// scopes.
import { describe, expect, test } from 'vitest'
import { SYSTEM } from '../../src/domain/audit-event.ts'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { ENGINES, type OpenedStore } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'

const record = {
  event: 'integration.updated',
  actor: SYSTEM,
  target: { kind: 'server', id: 'x', name: 'x' },
  before: {},
  after: {},
} as const
const order = { version: undefined, audit: () => [record] }

const remove = (store: OpenedStore) => store.catalogAdministration.deleteScope(PREDICT, 'end_uses', order)
const move = (store: OpenedStore, audience: string) =>
  store.catalogAdministration.changeScope(PREDICT, { audience, description: undefined }, order)

describe.each(ENGINES)('on $name', (engine) => {
  async function aStore(): Promise<OpenedStore> {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create([newIntegration('lkone')], [])
    return store
  }

  test('a token is signed again if its scope gets another audience before the token is stored, even if no token was live', async () => {
    const store = await aStore()
    const [issued] = await Promise.all([issueFrom(store.tokens, attempt('lkone')), move(store, 'api://moved')])
    expect(issued).toMatchObject({ ok: true, value: { token: { audience: 'api://moved' } } })
    await store.close()
  })

  test('a token request is refused and not recorded if the scope is deleted while the token is being signed', async () => {
    const store = await aStore()
    const [issued] = await Promise.all([issueFrom(store.tokens, attempt('lkone')), remove(store)])
    expect(issued).toMatchObject({ ok: false, refusal: { reason: 'scope_not_granted' } })
    expect(await store.tokens.read('lkone', PREDICT)).toMatchObject({ granted: false, open: false, live: undefined })
    await store.close()
  })

  test('a change that names a scope that was just deleted is refused as a whole', async () => {
    const store = await aStore()
    const wanted = { kind: 'set_scopes', scopes: [PREDICT] } as const
    const right = { kind: 'set_resource_server', scopes: [PREDICT] } as const
    const changeOrder = { version: undefined, audit: () => record }
    const [, granted, entitled, created] = await Promise.all([
      remove(store),
      store.integrations.change('lkone', [wanted], changeOrder),
      store.integrations.change('lkone', [{ kind: 'disable' }, right], changeOrder),
      store.integrations.create([newIntegration('lktwo')], []),
    ])
    const gone = { ok: false, refusal: { reason: 'scope_gone' } }
    expect([granted, entitled, created]).toEqual([gone, gone, gone])
    expect((await store.integrations.find('lkone'))?.integration.enabled).toBe(true)
    expect(await store.integrations.find('lktwo')).toBeUndefined()
    await store.close()
  })

  test('a scope that is created again gets tokens with higher generations than before its deletion, also after a restart', async () => {
    const place = await engine.aPlace()
    const store = await engine.open(place)
    await store.integrations.create([newIntegration('lkone')], [])
    const before = await issueFrom(store.tokens, attempt('lkone'))
    await remove(store)
    await store.close()
    const again = await engine.open(place)
    await again.catalogAdministration.createScope({ name: PREDICT, audience: null, description: '' }, () => [])
    const scopes = { kind: 'set_scopes', scopes: [PREDICT, MODEL] } as const
    await again.integrations.change('lkone', [scopes], { version: undefined, audit: () => record })
    const after = await issueFrom(again.tokens, attempt('lkone'))
    if (!before.ok || !after.ok) throw new Error('no token')
    expect(after.value.token.generation).toBeGreaterThan(before.value.token.generation + 1)
    await again.close()
  })

  test('a scope and all its uses are deleted in one atomic change', async () => {
    const store = await aStore()
    await issueFrom(store.tokens, attempt('lkone'))
    const refused = await store.catalogAdministration.deleteScope(PREDICT, 'refuse', order)
    expect(refused).toMatchObject({ refusal: { reason: 'scope_in_use', uses: { integrations: 1, liveTokens: 1 } } })
    expect(store.catalog.scope(PREDICT)).toBeDefined()
    expect(store.catalog.apis()).toHaveLength(5)
    expect(await remove(store)).toMatchObject({ value: { clientIds: ['lkone'], endedTokens: 1 } })
    expect(store.catalog.scope(PREDICT)).toBeUndefined()
    expect(store.catalog.apis()).toHaveLength(1)
    expect(await store.integrations.find('lkone')).toMatchObject({ integration: { version: 2 } })
    await store.close()
  })
})
