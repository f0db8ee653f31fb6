// The search in the list of integrations finds tags, on both engines.
import { expect, test } from 'vitest'
import type { IntegrationFilter } from '../../src/ports/integrations.ts'
import { newIntegration } from '../a-store.ts'
import { ENGINES } from '../engines.ts'

const TAGGED = [
  ['lkfirst', ['Tier-1', 'eu']],
  ['lksecond', ['tier-2', 'Übung']],
  ['lkthird', []],
] as const

const filterOf = (search: string): IntegrationFilter => ({
  ...{ search, enabled: undefined, scope: undefined },
  attention: { only: undefined, present: new Map(), unusedBefore: 0 },
})

test.each(ENGINES)(
  'a search finds a part of a tag, in upper or lower case for ASCII letters and exactly as written for other letters: $name',
  async (engine) => {
    const store = await engine.open(await engine.aPlace())
    await store.integrations.create(
      TAGGED.map(([clientId, tags]) => {
        const made = newIntegration(clientId)
        return { ...made, profile: { ...made.profile, tags } }
      }),
      [],
    )
    const found = async (search: string) => {
      const { items } = await store.integrations.list({
        ...filterOf(search),
        order: 'name',
        limit: 9,
        after: undefined,
      })
      return items.map(({ state }) => state.integration.clientId)
    }
    expect(await found('TIER')).toEqual(['lkfirst', 'lksecond'])
    expect(await found('ier-1')).toEqual(['lkfirst'])
    expect(await found('Übung')).toEqual(['lksecond'])
    expect(await found('übung')).toEqual([])
    expect(await found('%')).toEqual([])
    await store.close()
  },
)
