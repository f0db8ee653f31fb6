// Scopes, APIs and settings: their forms, their search, and their texts.
import type { Api, Scope, Setting } from 'latchkey/admin-api'
import { describe, expect, test } from 'vitest'
import { scopeText } from '../../src/components/scope-text.ts'
import { findSettings, readOrigin } from '../../src/pages/configuration/find-settings.ts'
import {
  apiFieldsOf,
  audienceOf,
  isNewAudience,
  isScopeName,
  newApiOf,
  newScopeOf,
  scopePatchOf,
} from '../../src/pages/scopes/catalog-fields.ts'

test.each([
  ['machinelearning.predict', true],
  ['a', true],
  ['x'.repeat(128), true],
  ['x'.repeat(129), false],
  ['', false],
  ['two words', false],
  ['quote"', false],
  ['back\\slash', false],
  ['umlautä', false],
])('%j is accepted as the name of a scope: %s', (name, isName) => {
  expect(isScopeName(name)).toBe(isName)
})

const scope: Scope = {
  ...{ name: 'reports.read', audience: 'api://reports', audience_is_default: false, version: 2 },
  ...{ description: 'Reports', integrations: 1, live_tokens: 3, apis: [] },
}
const fields = { name: 'reports.read', description: 'Reports', audience: 'api://reports' }

describe('the audience of a scope', () => {
  test('is empty in the form if it equals the default of the server', () => {
    expect(audienceOf({ ...scope, audience_is_default: true })).toBe('')
    expect(audienceOf(undefined)).toBe('')
    expect(audienceOf(scope)).toBe('api://reports')
  })

  test('is null in the request if its field is empty', () => {
    expect(newScopeOf({ ...fields, audience: '  ' })).toEqual({ ...fields, audience: null })
    expect(newScopeOf({ ...fields, audience: ' api://x ' }).audience).toBe('api://x')
  })

  test('is left out of a change that does not concern it: sending it would end live tokens', () => {
    expect(isNewAudience(scope, { ...fields, audience: ' api://reports ' })).toBe(false)
    expect(scopePatchOf(scope, { ...fields, description: 'New' })).toEqual({ description: 'New' })
    expect(scopePatchOf(scope, { ...fields, audience: '' })).toEqual({ description: 'Reports', audience: null })
  })
})

test('the routes of an API are the lines of the form, and are read back unchanged', () => {
  const api: Api = {
    id: 'api_1',
    name: 'Reports',
    scope: 'reports.read',
    description: '',
    routes: ['/a', '/b/**'],
    version: 1,
  }
  const form = apiFieldsOf(api)
  expect(form.routes).toBe('/a\n/b/**')
  expect(newApiOf(form)).toEqual({ name: 'Reports', scope: 'reports.read', description: '', routes: ['/a', '/b/**'] })
  expect(newApiOf({ ...form, name: ' Reports ', routes: ' /a \n\n\t\n' })).toMatchObject({
    name: 'Reports',
    routes: ['/a'],
  })
})

test.each([
  ['', [], 'No API asks for it yet.'],
  ['Read reports', ['Reports', 'Bills'], 'Read reports. Opens: Reports, Bills'],
  ['Read reports.', ['Reports'], 'Read reports. Opens: Reports'],
  ['All of them!', ['Reports'], 'All of them! Opens: Reports'],
  ['See ../reports', ['Reports'], 'See ../reports. Opens: Reports'],
])('the text of a scope with the description %j and the APIs %j is: %s', (description, apis, text) => {
  expect(scopeText({ description, apis })).toBe(text)
})

const setting = (name: string, group: string, origin = 'default'): Setting => ({
  ...{ name, group, origin, description: `Says ${group}`, value: null, default: '', secret: null },
})
const settings = [
  setting('LATCHKEY_PORT', 'Listeners', 'env PORT'),
  setting('LATCHKEY_DATA_DIR', 'Store', 'flag --data-dir'),
  setting('LATCHKEY_ADMIN_PORT', 'Listeners'),
]
const found = (text: string, which: 'all' | 'set' = 'all') =>
  findSettings(settings, text, which).map(({ name, settings: of }) => [name, of.map((one) => one.name)])

test('settings are found by name or description, in any case, in their groups', () => {
  expect(found(' port ')).toEqual([['Listeners', ['LATCHKEY_PORT', 'LATCHKEY_ADMIN_PORT']]])
  expect(found('SAYS STORE')).toEqual([['Store', ['LATCHKEY_DATA_DIR']]])
  expect(found('nothing')).toEqual([])
  expect(found('', 'set').flatMap(([, names]) => names)).toEqual(['LATCHKEY_PORT', 'LATCHKEY_DATA_DIR'])
})

test.each([
  ['default', { kind: 'default' }],
  ['env LATCHKEY_PORT', { kind: 'env', by: 'LATCHKEY_PORT' }],
  ['flag --data-dir', { kind: 'flag', by: '--data-dir' }],
  ['file /etc/latchkey', { kind: 'default' }],
])('the console reads the origin %j of a setting', (origin, read) => {
  expect(readOrigin(origin)).toEqual(read)
})
