// What the list of integrations shows in its rows, its address and its exports.
import type { Integration } from 'latchkey/admin-api'
import { describe, expect, test } from 'vitest'
import { wordsOf } from '../../src/pages/integrations/attention-pills.tsx'
import { csvOf, exportOf } from '../../src/pages/integrations/export-of.ts'
import { hoursOf, wasRefusedLately } from '../../src/pages/integrations/hours-of.ts'
import { readListSearch } from '../../src/pages/integrations/list-search.ts'
import { retagged } from '../../src/pages/integrations/retagged.ts'
import { shortScopes } from '../../src/pages/integrations/short-scopes.ts'

const NOON = '2026-01-01T12:00:00Z'
const integration: Integration = {
  ...{ id: 'int_1', name: 'Billing sync', description: 'Bills', tags: ['a', 'b'], client_id: 'lk0123456789abcd' },
  ...{ scopes: ['machinelearning.predict'], status: 'active', grace_seconds: 0, resource_server_for: [] },
  conditional: true,
  ...{
    issue_mode: { kind: 'replace' },
    allowed_addresses: [],
    authentication_methods: [],
    version: 3,
    last_used: null,
  },
  ...{ created_at: NOON, updated_at: NOON, attention: [{ kind: 'contended', at: null }] },
  hourly: { since: NOON, from: NOON, issued: [4, 0], refused: [0, 1], denied: [2, 0] },
}

describe('the hours of a row', () => {
  test('are 24, without numbers for the hours before the measurement began', () => {
    const hours = hoursOf(integration.hourly)
    expect(hours).toHaveLength(24)
    expect(hours.slice(0, 22).every((hour) => hour === undefined)).toBe(true)
    expect(hours.slice(22)).toEqual([
      { issued: 4, refused: 2 },
      { issued: 0, refused: 1 },
    ])
  })

  test('are in red only if a request was refused in the last two hours', () => {
    const { hourly } = integration
    expect(wasRefusedLately(hourly)).toBe(true)
    expect(wasRefusedLately({ ...hourly, refused: [9, 0, 0], denied: [9, 0, 0] })).toBe(false)
    expect(wasRefusedLately({ ...hourly, refused: [0, 0, 0], denied: [0, 1, 0] })).toBe(true)
  })
})

test('scope names are shortened to their last part, unless two scopes have the same last part', () => {
  expect(shortScopes(['machinelearning.predict', 'machinelearning.model'])).toEqual(['predict', 'model'])
  expect(shortScopes(['a.read', 'b.read', 'c.write'])).toEqual(['a.read', 'b.read', 'write'])
  expect(shortScopes(['plain', 'ends.'])).toEqual(['plain', 'ends.'])
})

test.each([
  [{ kind: 'contended', at: null }, 'Contended'],
  [{ kind: 'secret_ends', at: '2026-01-04T12:00:00Z' }, 'Secret ends in 3 d'],
  [{ kind: 'secret_ends', at: '2025-12-31T12:00:00Z' }, 'Secret ended'],
  [{ kind: 'rotating', at: '2026-01-02T11:59:00Z' }, 'Old secret: 23 h left'],
  [{ kind: 'rotating', at: null }, 'Two secrets work'],
  [{ kind: 'unused', at: '2025-09-01T12:00:00Z' }, 'Unused for 122 d'],
] as const)('the reason %j reads: %s', (reason, words) => {
  expect(wordsOf(reason, Date.parse(NOON))).toBe(words)
})

describe('the address', () => {
  test('keeps a known reason for attention and drops an unknown reason', () => {
    expect(readListSearch({ attention: 'rotating' })).toEqual({ attention: 'rotating' })
    expect(readListSearch({ attention: 'sleepy', sort: 'attention' })).toEqual({})
  })
})

describe('an export', () => {
  test('has a header line and one line for each integration', () => {
    expect(csvOf([integration])).toBe(
      'id,name,client_id,description,status,attention,scopes,tags,created_at,updated_at,last_used_at\r\n' +
        `int_1,Billing sync,lk0123456789abcd,Bills,active,contended,machinelearning.predict,"a, b",${NOON},${NOON},\r\n`,
    )
  })

  test('quotes CSV special characters, and gives a spreadsheet no formula', () => {
    const hostile = { ...integration, name: '=1+1', description: 'says "hi"\nand more' }
    expect(csvOf([hostile])).toContain(`,'=1+1,lk0123456789abcd,"says ""hi""\nand more",`)
  })

  test('in JSON is what the admin API sent', async () => {
    expect(JSON.parse(await exportOf([integration], 'json').text())).toEqual([integration])
  })
})

test('adding a tag twice has no effect, and removing a tag changes only the integrations that have it', () => {
  expect(retagged(['a'], ['a', 'b'], 'add')).toEqual(['a', 'b'])
  expect(retagged(['a', 'b'], ['a', 'z'], 'remove')).toEqual(['b'])
  expect(retagged(['a'], ['a'], 'add')).toBeUndefined()
  expect(retagged(['a'], ['b'], 'remove')).toBeUndefined()
})
