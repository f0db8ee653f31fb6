// The effects of each change of a scope on the catalog, slots and rights, and its refusals.
import type { Scope } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { catalogState } from '../../../src/domain/catalog.ts'
import { MODEL, PREDICT } from '../../../src/domain/reference-catalog.ts'
import {
  addScope,
  editScope,
  MOST_SCOPES,
  removeScope,
  type ScopeChange,
  type ScopeState,
} from '../../../src/domain/scope-change.ts'
import { close, emptySlot } from '../../../src/domain/slot.ts'
import { aCatalog, anApi, anIntegration, aScope } from './a-catalog.ts'
import { AUDIENCE, LIFETIME, NOW, openSlot, slotAfter } from './a-slot.ts'

const OTHER = 'files.read' as Scope
const MOVED = 'api://moved'
const context = (now = NOW) => ({
  now,
  nextGeneration: ({ generation }: { readonly generation: number }) => generation + 5,
  defaultAudience: AUDIENCE,
})

/**
 * One integration with a live token, another with an empty slot, a third that lost the scope, and a fourth that never
 * had it.
 */
const integrations = [
  anIntegration('lklive', [slotAfter([1, 2])]),
  anIntegration('lkempty', [openSlot()]),
  anIntegration('lkformer', [close(openSlot(), false, 3)]),
  anIntegration('lkmodel', [emptySlot(2, MODEL, true)]),
]
const STATE: ScopeState = { catalog: aCatalog(), integrations }
const edit = (change: Partial<ScopeChange>, { now = NOW, state = STATE, name = PREDICT, version = 4 } = {}) =>
  editScope(state, { name, version, change: { audience: undefined, description: undefined, ...change } }, context(now))
const edited = (...requested: Parameters<typeof edit>) => {
  const result = edit(...requested)
  if (!result.ok) throw new Error(result.refusal.reason)
  return result.value
}

describe('a new scope', () => {
  const add = (audience: string | null) =>
    addScope(aCatalog(), { name: OTHER, audience, description: 'Reads files' }, { defaultAudience: AUDIENCE })

  test.each([
    ['with an audience of its own', 'api://files', { audience: 'api://files', hasDefaultAudience: false }],
    ['without one, for the audience of the server', null, { audience: AUDIENCE, hasDefaultAudience: true }],
  ])('is added %s', (_how, audience, expected) => {
    const scope = { name: OTHER, description: 'Reads files', version: 1, ...expected }
    expect(add(audience)).toEqual({
      ok: true,
      value: { scope, catalog: catalogState([aScope(), aScope(MODEL), scope], []) },
    })
  })

  test('is refused under a name that is taken', () => {
    const added = addScope(
      aCatalog(),
      { name: PREDICT, audience: null, description: '' },
      { defaultAudience: AUDIENCE },
    )
    expect(added).toEqual({ ok: false, refusal: { reason: 'scope_exists' } })
  })

  test('is refused when the limit of scopes is reached', () => {
    const full = Array.from({ length: MOST_SCOPES }, (_, i) => aScope(`scope.${String(i)}` as Scope))
    const wanted = { name: OTHER, audience: null, description: '' }
    const addTo = (scopes: typeof full) => addScope(catalogState(scopes, []), wanted, { defaultAudience: AUDIENCE })
    expect(addTo(full)).toEqual({ ok: false, refusal: { reason: 'limit_reached', most: MOST_SCOPES } })
    expect(addTo(full.slice(1))).toMatchObject({ ok: true })
  })
})

describe('a scope that is changed', () => {
  test('to another audience loses its live tokens, and its empty slots get a new generation too', () => {
    const { after, emptied, endedTokens } = edited({ audience: MOVED })
    expect(after).toEqual(aScope(PREDICT, { audience: MOVED, hasDefaultAudience: false, version: 5 }))
    expect(emptied).toMatchObject([
      { clientId: 'lklive', slot: { live: undefined, open: true, generation: 7 } },
      { clientId: 'lkempty', slot: { live: undefined, open: true, generation: 5 } },
    ])
    expect(endedTokens).toBe(1)
  })

  test('does not count expired tokens as ended', () => {
    expect(edited({ audience: MOVED }, { now: NOW + LIFETIME - 1 }).endedTokens).toBe(1)
    expect(edited({ audience: MOVED }, { now: NOW + LIFETIME }).endedTokens).toBe(0)
  })

  test.each<readonly [string, Partial<ScopeChange>, object]>([
    ['another description', { description: 'Predicts' }, { description: 'Predicts' }],
    ['the audience of the server as its own', { audience: AUDIENCE }, { hasDefaultAudience: false }],
  ])('keeps its live tokens when it gets %s', (_what, change, expected) => {
    const { after, catalog, emptied, endedTokens } = edited(change)
    expect(after).toEqual({ ...aScope(), ...expected, version: 5 })
    expect(catalog).toEqual(catalogState([after, aScope(MODEL)], []))
    expect({ emptied, endedTokens }).toEqual({ emptied: [], endedTokens: 0 })
  })

  test.each<readonly [string, Partial<ScopeChange>]>([
    ['nothing is asked', {}],
    ['all is asked to be as it is', { description: '', audience: null }],
  ])('is the same scope in the same version if %s', (_what, change) => {
    const { before, after, catalog } = edited(change)
    expect(after).toBe(before)
    expect(catalog).toBe(STATE.catalog)
  })

  test.each([
    ['it does not exist', { name: OTHER }, { reason: 'unknown_scope', scope: OTHER }],
    ['the caller saw another version', { version: 3 }, { reason: 'version_conflict', version: 4 }],
  ])('is refused if %s', (_what, requested, refusal) => {
    expect(edit({ audience: MOVED }, requested)).toEqual({ ok: false, refusal })
  })
})

describe('a scope that is deleted', () => {
  const removeFrom = (state: ScopeState, ifUsed: 'refuse' | 'end_uses', name = PREDICT, version?: number) =>
    removeScope(state, { name, version, ifUsed }, context())

  test('takes its grants, rights, live tokens and APIs with it, and other scopes keep theirs', () => {
    const right = anIntegration('lkright', [emptySlot(9, MODEL, true)], { resourceServerFor: [PREDICT, MODEL] })
    const other = anApi({ id: 'api_2', name: 'Models', scope: MODEL })
    const state = { catalog: aCatalog(anApi(), other), integrations: [...integrations, right] }
    const removed = removeFrom(state, 'end_uses')
    if (!removed.ok) throw new Error(removed.refusal.reason)
    expect(removed.value.catalog).toEqual(catalogState([aScope(MODEL)], [other]))
    expect(removed.value).toMatchObject({
      scope: aScope(),
      clientIds: ['lklive', 'lkempty', 'lkright'],
      endedTokens: 1,
      apis: [anApi()],
      integrations: [
        { slots: [{ id: 1, granted: false, open: false, live: undefined, generation: 7 }] },
        { slots: [{ id: 1, granted: false, open: false, generation: 5 }] },
        { slots: right.slots, integration: { resourceServerFor: [MODEL], version: 2 } },
      ],
    })
  })

  test.each<readonly [string, ScopeState, object]>([
    [
      'an integration may use it',
      { catalog: aCatalog(), integrations },
      { uses: { integrations: 2, liveTokens: 1 }, apis: [] },
    ],
    [
      'an API asks for it',
      { catalog: aCatalog(anApi()), integrations: [] },
      { uses: { integrations: 0, liveTokens: 0 }, apis: ['Predictions'] },
    ],
  ])('is refused while %s, unless the request asks to end the uses', (_what, state, found) => {
    expect(removeFrom(state, 'refuse')).toEqual({ ok: false, refusal: { reason: 'scope_in_use', ...found } })
    expect(removeFrom(state, 'end_uses')).toMatchObject({ ok: true })
  })

  test('needs no force if it has no uses', () => {
    const state = { catalog: aCatalog(), integrations: integrations.slice(2) }
    expect(removeFrom(state, 'refuse')).toMatchObject({ ok: true, value: { clientIds: [], endedTokens: 0, apis: [] } })
  })

  test('must exist, and have the version that the caller read', () => {
    expect(removeFrom(STATE, 'end_uses', OTHER)).toMatchObject({ refusal: { reason: 'unknown_scope', scope: OTHER } })
    expect(removeFrom(STATE, 'end_uses', PREDICT, 3)).toMatchObject({
      refusal: { reason: 'version_conflict', version: 4 },
    })
  })
})
