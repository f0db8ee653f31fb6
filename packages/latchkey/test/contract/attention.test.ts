// The filters, the counts and the order `attention` agree with the rule for integrations that need attention, on both
// engines.
import { expect, test } from 'vitest'
import { ATTENTION_KINDS, attentionReasons, presentReasons, unusedBefore } from '../../src/domain/attention.ts'
import type { Integration } from '../../src/domain/integration.ts'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import type { AttentionQuery, IntegrationFilter, IntegrationSummary } from '../../src/ports/integrations.ts'
import { newIntegration } from '../a-store.ts'
import { changing } from '../changing.ts'
import { ENGINES, type OpenedStore } from '../engines.ts'
import { requestToken } from '../used-secrets.ts'

const DAY = 86_400
const CLIENTS = ['lkcalm', 'lkcontended', 'lkrotating', 'lkending', 'lkrefused', 'lkold', 'lkdisabled', 'lkoldused']

const troubleOf = (clientId: string) => ({
  isContended: clientId === 'lkcontended' || clientId === 'lkdisabled',
  areRefusalsRising: clientId === 'lkrefused',
})

function queryOf(store: OpenedStore, only: AttentionQuery['only']): IntegrationFilter {
  const now = store.clock.now()
  const kindsOf = (integration: Integration) =>
    presentReasons(integration, troubleOf(integration.clientId), now).map(({ kind }) => kind)
  const present = new Map(
    [...store.integrations.all()].map(({ integration }) => [integration.clientId, kindsOf(integration)]),
  )
  const attention = { only, present, unusedBefore: unusedBefore(now) }
  return { search: undefined, enabled: undefined, scope: undefined, attention }
}

async function aStoreInUse(store: OpenedStore): Promise<void> {
  const createdAt = store.clock.now()
  const made = CLIENTS.map((clientId) => newIntegration(clientId))
  await store.integrations.create(
    made.map((each) => ({ ...each, profile: { ...each.profile, createdAt } })),
    [],
  )
  await requestToken(store, 'lkoldused', 'first', PREDICT, '192.0.2.1')
  store.clock.advance(91 * DAY)
  const inUse = CLIENTS.filter((clientId) => !clientId.startsWith('lkold') && clientId !== 'lkdisabled')
  for (const clientId of inUse) await requestToken(store, clientId, 'first', PREDICT, '192.0.2.1')
  await store.integrations.change('lkdisabled', ...changing({ kind: 'disable' }))
  for (const [clientId, endsAt, previousEndAt] of [
    ['lkrotating', undefined, store.clock.now() + 60],
    ['lkending', store.clock.now() + 60, store.clock.now()],
  ] as const) {
    const secret = { id: `sec_${clientId}_2`, hash: '\u00ee'.repeat(32), endsAt }
    const change = changing({ kind: 'add_secret', secret, sealed: null, origin: 'generated', previousEndAt })
    expect(await store.integrations.change(clientId, ...change)).toMatchObject({ ok: true })
  }
}

const listOf = async (store: OpenedStore, only: AttentionQuery['only']): Promise<readonly IntegrationSummary[]> => {
  const found: IntegrationSummary[] = []
  for (let after = undefined; ;) {
    const page = await store.integrations.list({ ...queryOf(store, only), order: 'attention', limit: 2, after })
    found.push(...page.items)
    if (page.next === undefined) return found
    after = page.next
  }
}
const clientsOf = (items: readonly IntegrationSummary[]) => items.map(({ state }) => state.integration.clientId)

test.each(ENGINES)(
  'each filter for attention finds exactly the integrations that need attention for its reason: $name',
  async (engine) => {
    const store = await engine.open(await engine.aPlace())
    await aStoreInUse(store)
    const all = await listOf(store, undefined)
    const kindsOf = ({ state, lastUse, createdAt }: IntegrationSummary) => {
      const trouble = troubleOf(state.integration.clientId)
      const facts = { trouble, lastUsedAt: lastUse?.at ?? createdAt }
      return attentionReasons(state.integration, facts, store.clock.now()).map(({ kind }) => kind)
    }
    const named = Object.fromEntries(
      ATTENTION_KINDS.map((kind) => [kind, clientsOf(all.filter((item) => kindsOf(item).includes(kind)))]),
    )
    expect(named).toEqual({
      contended: ['lkcontended'],
      secret_ends: ['lkending'],
      refusals_rising: ['lkrefused'],
      rotating: ['lkrotating'],
      unused: ['lkoldused', 'lkold'],
    })
    for (const kind of ATTENTION_KINDS) expect(clientsOf(await listOf(store, kind))).toEqual(named[kind])
    const { attention, active, disabled } = await store.integrations.count(queryOf(store, 'any'))
    expect(attention).toEqual({ contended: 1, secret_ends: 1, refusals_rising: 1, rotating: 1, unused: 2, any: 6 })
    expect({ active, disabled }).toEqual({ active: 6, disabled: 0 })
    await store.close()
  },
)

test.each(ENGINES)(
  'integrations that need attention come before the others, and more recently used integrations come before less recently used ones: $name',
  async (engine) => {
    const store = await engine.open(await engine.aPlace())
    await aStoreInUse(store)
    const needing = ['lkrefused', 'lkending', 'lkrotating', 'lkcontended', 'lkoldused', 'lkold']
    expect(clientsOf(await listOf(store, undefined))).toEqual([...needing, 'lkcalm', 'lkdisabled'])
    expect(clientsOf(await listOf(store, 'any'))).toEqual(needing)
    await store.close()
  },
)
