// The form of an integration: its problems, and the request made of it.
import type { Integration } from 'latchkey/admin-api'
import { describe, expect, test } from 'vitest'
import { ProblemError } from '../../src/api/problem.ts'
import { attemptFor, randomKey } from '../../src/components/creation-attempt.ts'
import {
  changedSettings,
  CHECKS,
  EMPTY_FORM,
  type FormValues,
  formOf,
  newIntegrationOf,
  refusedFields,
  desiredSettingsOf,
} from '../../src/components/integration-form.ts'
import { t } from '../../src/strings.ts'
import { NOON } from './a-slot.ts'

const filled = (desired: Partial<FormValues> = {}): FormValues => ({
  ...EMPTY_FORM,
  name: 'Billing sync',
  scopes: ['machinelearning.predict'],
  ...desired,
})

describe('a name', () => {
  test.each([
    ['', t.create.nameMissing],
    [' Billing', t.create.nameSpaces],
    ['Billing ', t.create.nameSpaces],
    [' ', t.create.nameSpaces],
    ['x'.repeat(121), t.create.nameLong],
    ['x'.repeat(120), null],
    ['Ärzte & Söhne', null],
  ])('%j has the error %s', (name, error) => {
    expect(CHECKS.name(name)).toBe(error)
  })

  test('of 100 emoji is accepted, as on the server', () => {
    expect(CHECKS.name('🔑'.repeat(100))).toBeNull()
    expect(CHECKS.name('🔑'.repeat(121))).toBe(t.create.nameLong)
    expect(CHECKS.description('🔑'.repeat(500))).toBeNull()
    expect(CHECKS.description('🔑'.repeat(501))).toBe(t.create.descriptionLong)
  })
})

test('an integration needs a scope', () => {
  expect(CHECKS.scopes([])).toBe(t.create.scopesMissing)
  expect(CHECKS.scopes(['a'])).toBeNull()
})

test.each([
  [0, null],
  [300, null],
  ['30', null],
  [301, t.create.graceRange],
  [-1, t.create.graceRange],
  [1.5, t.create.graceRange],
  ['', t.create.graceRange],
  ['a', t.create.graceRange],
])('a grace of %j seconds has the error %s', (grace, error) => {
  expect(CHECKS.grace(grace)).toBe(error)
})

test.each([
  [0, null],
  [1440, null],
  [0.5, null],
  [1441, t.create.renewRange],
  ['', t.create.renewRange],
])(
  'a renewal %j minutes before the end has the error %s in stable mode, and never an error in the mode replace',
  (minutes, error) => {
    expect(CHECKS.renewMinutes(minutes, filled({ mode: 'stable' }))).toBe(error)
    expect(CHECKS.renewMinutes(minutes, filled({ mode: 'replace' }))).toBeNull()
  },
)

test('the request has durations in seconds, and a list of the addresses', () => {
  const values = filled({
    mode: 'stable',
    renewMinutes: '1.5',
    grace: '30',
    addresses: ' 10.0.0.0/8,192.0.2.7\n\n::1 ',
  })
  expect(desiredSettingsOf(values)).toMatchObject({
    issue_mode: { kind: 'stable', renew_before_seconds: 90 },
    grace_seconds: 30,
    allowed_addresses: ['10.0.0.0/8', '192.0.2.7', '::1'],
  })
  expect(desiredSettingsOf(filled()).issue_mode).toEqual({ kind: 'replace' })
})

const integration: Integration = {
  ...{ id: 'int_1', name: 'Billing sync', description: 'Bills', tags: ['a'], client_id: 'lk0123456789abcd' },
  ...{ scopes: ['machinelearning.predict'], status: 'active', grace_seconds: 30, resource_server_for: [] },
  conditional: true,
  issue_mode: { kind: 'stable', renew_before_seconds: 100 },
  allowed_addresses: ['10.0.0.0/8', '::1'],
  authentication_methods: ['client_secret_basic', 'client_secret_post'],
  ...{ version: 3, created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z', last_used: null },
  hourly: { since: '2026-01-01T00:00:00Z', from: '2026-01-01T00:00:00Z', issued: [0], refused: [0], denied: [0] },
  attention: [],
}

test('an unchanged form sends no change, also if a lifetime is not a whole number of minutes', () => {
  expect(changedSettings(formOf(integration), formOf(integration))).toEqual({})
})

test('the form sends only the members that the user changed', () => {
  const before = formOf(integration)
  expect(changedSettings(before, { ...before, name: 'Invoices', grace: 0 })).toEqual({
    name: 'Invoices',
    grace_seconds: 0,
  })
  expect(changedSettings(before, { ...before, conditional: false })).toEqual({ conditional: false })
  expect(changedSettings(before, { ...before, mode: 'replace' })).toEqual({ issue_mode: { kind: 'replace' } })
  expect(changedSettings(before, { ...before, addresses: '::1 10.0.0.0/8' })).toEqual({
    allowed_addresses: ['::1', '10.0.0.0/8'],
  })
})

test('a secret expires after a whole number of days, or never', () => {
  expect(newIntegrationOf(filled({ expiry: '90' }), NOON + 123).secret_expires_at).toBe('2026-05-01T12:00:00Z')
  expect(newIntegrationOf(filled(), NOON)).not.toHaveProperty('secret_expires_at')
})

test('repeating a creation with an expiring secret after a lost response sends the same request with the same idempotency key', () => {
  const values = filled({ expiry: '90' })
  const first = attemptFor(undefined, values, { now: NOON, idempotencyKey: 'one' })
  expect(attemptFor(first, { ...values }, { now: NOON + 5000, idempotencyKey: 'two' })).toEqual(first)
})

test('a changed form is sent with a new idempotency key', () => {
  const first = attemptFor(undefined, filled(), { now: NOON, idempotencyKey: 'one' })
  const second = attemptFor(first, filled({ name: 'Invoices' }), { now: NOON, idempotencyKey: 'two' })
  expect(second).toMatchObject({ idempotencyKey: 'two', desired: { name: 'Invoices' } })
})

test('in the first run, two long names with the same beginning lead to different idempotency keys', () => {
  const name = 'Ежедневная выгрузка отчётов'
  const first = attemptFor(undefined, filled({ name: `${name} A` }), { now: NOON, idempotencyKey: randomKey() })
  const second = attemptFor(first, filled({ name: `${name} B` }), { now: NOON, idempotencyKey: randomKey() })
  expect(second.idempotencyKey).not.toBe(first.idempotencyKey)
  expect(first.idempotencyKey).toMatch(/^[0-9a-f]{32}$/)
})

test('a problem from the server is shown at its field, also for entries of lists', () => {
  const errors = [
    { pointer: '/name', detail: 'must be shorter' },
    { pointer: '/scopes/1', detail: 'is no scope' },
    { pointer: '/issue_mode/renew_before_seconds', detail: 'is too much' },
    { pointer: '/names', detail: 'is another member' },
  ]
  expect(refusedFields(new ProblemError(400, { code: 'invalid_request', errors }))).toEqual({
    name: 'must be shorter',
    scopes: 'is no scope',
    renewMinutes: 'is too much',
  })
})
