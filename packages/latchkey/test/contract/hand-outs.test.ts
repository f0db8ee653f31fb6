// Who was handed a live token is added to the token's entry in the issuance history, on every engine.
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

  test('a source that is handed the token is listed once, and a requester of its issuance is not listed again', async () => {
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

  test('a stop writes the sources, and later issuances and a start keep them', async () => {
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

  test('the last 16 issuances stay the same, whichever of them gets sources', async () => {
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

  test('an entry lists 8 sources at most', async () => {
    const { store } = await aStore()
    await issueIf(store, undefined, 'owner')
    for (let n = 1; n <= 12; n++) await issueIf(store, 0, `agent ${String(n)}`)
    const sources = async () => (await historyIn(store))[0]?.handedTo.length
    await expect.poll(sources, { timeout: 10_000 }).toBe(7)
    await store.close()
  })
})

describe.each(ENGINES.slice(1))('two replicas on $name', (engine) => {
  test('both add the sources to which they handed the token', async () => {
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
