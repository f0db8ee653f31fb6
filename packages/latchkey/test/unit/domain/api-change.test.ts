// The effect of each change of an API on the catalog, and its refusals.
import type { Scope } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { addApi, type ApiChange, editApi, MOST_APIS, removeApi } from '../../../src/domain/api-change.ts'
import type { ApiRecord } from '../../../src/domain/catalog.ts'
import { MODEL } from '../../../src/domain/reference-catalog.ts'
import { aCatalog, anApi } from './a-catalog.ts'

const GONE = 'files.read' as Scope
const SECOND = anApi({ id: 'api_2', name: 'Models', scope: MODEL })
const CATALOG = aCatalog(anApi(), SECOND)
const UNCHANGED: ApiChange = { name: undefined, scope: undefined, description: undefined, routes: undefined }

const edit = (change: Partial<ApiRecord>, { id = 'api_1', version = 2 } = {}) =>
  editApi(CATALOG, { id, version, change: { ...UNCHANGED, ...change } })

describe('a new API', () => {
  test('comes after all other APIs in the list', () => {
    const third = anApi({ id: 'api_3', name: 'Third' })
    expect(addApi(CATALOG, third)).toEqual({ ok: true, value: aCatalog(anApi(), SECOND, third) })
  })

  test.each([
    ['under a name that is taken', { name: 'Models' }, { reason: 'api_exists' }],
    ['for a scope that does not exist', { name: 'Files', scope: GONE }, { reason: 'unknown_scope', scope: GONE }],
  ])('is refused %s', (_what, fields, refusal) => {
    expect(addApi(CATALOG, anApi({ id: 'api_3', ...fields }))).toEqual({ ok: false, refusal })
  })

  test('is refused when the limit of APIs is reached', () => {
    const full = Array.from({ length: MOST_APIS }, (_, i) => anApi({ id: `api_${String(i)}`, name: String(i) }))
    const last = anApi({ id: 'api_last', name: 'Last' })
    const refusal = { reason: 'limit_reached', most: MOST_APIS }
    expect(addApi(aCatalog(...full), last)).toEqual({ ok: false, refusal })
    expect(addApi(aCatalog(...full.slice(1)), last)).toMatchObject({ ok: true })
  })
})

describe('an API that is changed', () => {
  test.each<readonly [string, Partial<ApiRecord>]>([
    ['name', { name: 'Scoring' }],
    ['scope', { scope: MODEL }],
    ['description', { description: 'Scores' }],
    ['routes', { routes: [] }],
  ])('gets another %s, keeps its position and gets a new version', (_what, change) => {
    const after = { ...anApi(), ...change, version: 3 }
    expect(edit(change)).toEqual({
      ok: true,
      value: { before: anApi(), after, catalog: aCatalog(after, SECOND) },
    })
  })

  test.each<readonly [string, Partial<ApiRecord>]>([
    ['nothing is asked', {}],
    ['all is asked to be as it is', { name: 'Predictions', routes: ['/predict/**'] }],
  ])('is the same API in the same version if %s', (_what, change) => {
    const changed = edit(change)
    if (!changed.ok) throw new Error(changed.refusal.reason)
    expect(changed.value.after).toBe(changed.value.before)
    expect(changed.value.catalog).toBe(CATALOG)
  })

  test.each([
    ['it does not exist', {}, { id: 'api_9' }, { reason: 'unknown_api' }],
    ['the caller saw another version', { name: 'Scoring' }, { version: 1 }, { reason: 'version_conflict', version: 2 }],
    ['its new name is taken', { name: 'Models' }, {}, { reason: 'api_exists' }],
    ['its new scope does not exist', { scope: GONE }, {}, { reason: 'unknown_scope', scope: GONE }],
  ])('is refused if %s', (_what, change, requested, refusal) => {
    expect(edit(change, requested)).toEqual({ ok: false, refusal })
  })
})

describe('an API that is deleted', () => {
  test('leaves its scope and the other APIs', () => {
    const value = { api: anApi(), catalog: aCatalog(SECOND) }
    expect(removeApi(CATALOG, { id: 'api_1', version: undefined })).toEqual({ ok: true, value })
  })

  test('must exist, and have the version that the caller read', () => {
    expect(removeApi(CATALOG, { id: 'api_9', version: undefined })).toMatchObject({
      refusal: { reason: 'unknown_api' },
    })
    expect(removeApi(CATALOG, { id: 'api_1', version: 1 })).toMatchObject({
      refusal: { reason: 'version_conflict', version: 2 },
    })
  })
})
