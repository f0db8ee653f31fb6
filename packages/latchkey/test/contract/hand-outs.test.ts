// If a request is answered with the live token again, the caller is added to the token's entry in the issuance history,
// on every engine.
import { describe, expect, test } from 'vitest'
import { PREDICT } from '../../src/domain/reference-catalog.ts'
import type { RecordedIssuance } from '../../src/ports/slot-views.ts'
import { attempt, newIntegration } from '../a-store.ts'
import { ENGINES, type OpenedStore } from '../engines.ts'
import { issueFrom } from '../issue-from.ts'

const CLIENT = 'lkshared'

const issueIf = async (store: OpenedStore, replaces: number | undefined, userAgent: string): Promise<number> => {
  // Authenticates first, as the token endpoint does.
  await store.integrations.find(CLIENT)
  const outcome = await issueFrom(store.tokens, { ...attempt(CLIENT, PREDICT, userAgent), replaces })
  if (!outcome.ok) throw new Error(outcome.refusal.reason)
  return outcome.value.token.generation
}

const sourcesOf = ({ requesters, handedTo }: RecordedIssuance) => ({
  requesters: requesters.map(({ userAgent }) => userAgent),
  handedTo: handedTo.map(({ userAgent }) => userAgent),
})

const historyIn = async (store: OpenedStore) => (await store.slotViews.history(CLIENT, PREDICT)).map(sourcesOf)

describe.each(ENGINES)('on $name', (engine) => {
  const aStore = async () => {
    const place = await engine.aPlace()
    const store = await engine.open(place)
    await store.integrations.create([newIntegration(CLIENT)], [])
    return { place, store }
  }

  test('a caller who gets the live token again is listed once, and the caller who requested it first is not listed again', async () => {
    const { store } = await aStore()
    await issueIf(store, undefined, 'owner')
    for (const agent of ['owner', 'thief', 'thief', 'other']) await issueIf(store, 0, agent)
    await expect
      .poll(() => historyIn(store), { timeout: 10_000 })
      .toEqual([{ requesters: ['owner'], handedTo: ['thief', 'other'] }])
    await issueIf(store, 0, 'third')
    await expect
      .poll(() => historyIn(store), { timeout: 10_000 })
      .toEqual([{ requesters: ['owner'], handedTo: ['thief', 'other', 'third'] }])
    await store.close()
  })

  test('a stop writes these callers to the history, and later issuances and a restart keep them', async () => {
    const { place, store } = await aStore()
    const first = await issueIf(store, undefined, 'owner')
    await issueIf(store, 0, 'thief')
    await issueIf(store, first, 'owner')
    await store.close()
    const again = await engine.open(place)
    await issueIf(again, undefined, 'owner')
    expect(await historyIn(again)).toEqual([
      { requesters: ['owner'], handedTo: [] },
      { requesters: ['owner'], handedTo: [] },
      { requesters: ['owner'], handedTo: ['thief'] },
    ])
    await again.close()
  })

  test('the history has the same last 16 issuances, whichever entry gets further callers', async () => {
    const { store } = await aStore()
    for (let n = 0; n < 20; n++) {
      await issueIf(store, undefined, 'owner')
      if (n === 10) await issueIf(store, 0, 'thief')
    }
    await expect
      .poll(async () => (await historyIn(store)).findIndex(({ handedTo }) => handedTo.includes('thief')), {
        timeout: 10_000,
      })
      .toBe(9)
    expect(await historyIn(store)).toHaveLength(16)
    await store.close()
  })

  test('an entry lists at most 8 callers', async () => {
    const { store } = await aStore()
    await issueIf(store, undefined, 'owner')
    for (let n = 1; n <= 12; n++) await issueIf(store, 0, `agent ${String(n)}`)
    const sources = async () => (await historyIn(store))[0]?.handedTo.length
    await expect.poll(sources, { timeout: 10_000 }).toBe(7)
    await store.close()
  })
})

describe.each(ENGINES.slice(1))('two replicas on $name', (engine) => {
  test('both add the callers to whom they returned the live token again', async () => {
    const place = await engine.aPlace()
    const [one, two] = [await engine.open(place), await engine.open(place)]
    await one.integrations.create([newIntegration(CLIENT)], [])
    await issueIf(one, undefined, 'owner')
    await Promise.all([
      ...['a', 'b', 'c'].map((agent) => issueIf(one, 0, agent)),
      ...['d', 'e', 'f'].map((agent) => issueIf(two, 0, agent)),
    ])
    const sources = async () => (await historyIn(one))[0]?.handedTo.toSorted()
    await expect.poll(sources, { timeout: 20_000 }).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
    await Promise.all([one.close(), two.close()])
  })
})
