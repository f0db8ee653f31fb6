// Audit events in words: the actor, the action and the changes.
import { expect, test } from 'vitest'
import { changedMembers, inLines, inOneLine, toldMembers } from '../../src/components/recorded-change.ts'
import { readAuditSearch, filterOf, stamp } from '../../src/pages/audit-log/audit-search.ts'
import { deedOf } from '../../src/pages/audit-log/deed-of.ts'

test('each changed member is named once, first the members from before', () => {
  expect(changedMembers({ before: { name: 'a', tags: [] }, after: { tags: ['x'], scopes: [] } })).toEqual([
    'name',
    'tags',
    'scopes',
  ])
})

test('the empty members of a new record are left out, and a member that became empty is shown', () => {
  expect(toldMembers({ before: {}, after: { name: 'a', tags: [], description: '', grace_seconds: 0 } })).toEqual([
    'name',
    'grace_seconds',
  ])
  expect(toldMembers({ before: { tags: ['x'] }, after: { tags: [] } })).toEqual(['tags'])
})

test.each([
  [undefined, 'none'],
  [null, 'none'],
  [[], 'none'],
  [['a', 'b'], 'a, b'],
  ['text', 'text'],
  [0, '0'],
  [false, 'false'],
  [{ kind: 'stable', renew_before_seconds: 300 }, 'kind: stable, renew_before_seconds: 300'],
])('in one line, the value %j is shown as %s', (value, text) => {
  expect(inOneLine(value)).toBe(text)
})

test.each([
  ['expires_at', 1_769_860_800, '2026-01-31 12:00:00 UTC'],
  ['grace_seconds', 30, '30'],
  ['expires_at', null, undefined],
  ['expires_at', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00Z'],
  ['expires_at', 8.64e15, '8640000000000000'],
  ['scopes', ['a'], '[\n "a"\n]'],
])('the member %s with the value %j is shown as %s', (member, value, text) => {
  expect(inLines(member, value)).toBe(text)
})

const deed = (event: string, actor: string, target: { id: string; name: string }, after: object = {}) =>
  deedOf({ event, actor: { id: actor }, target, after: { ...after } })

test('an action is shown with the name of its target', () => {
  expect(deed('secret.rotated', 'opr_1', { id: 'int_1', name: 'Billing' })).toBe('rotated the secret of Billing')
})

test('a refusal is shown with its reason', () => {
  const refused = { endpoint: 'token', reason: 'wrong_secret', address: '127.0.0.1' }
  expect(deed('client.refused', 'system', { id: 'int_1', name: 'Billing' }, refused)).toBe(
    'refused a request of Billing: the client secret is wrong',
  )
})

test('an entry of the audit log has another text if the actor changed their own account', () => {
  expect(deed('operator.signed_in', 'opr_1', { id: 'opr_1', name: 'ops@example.com' })).toBe('signed in')
  expect(deed('operator.signed_in', 'sys', { id: 'opr_1', name: 'ops@example.com' })).toBe(
    'signed in as ops@example.com',
  )
})

test.each(['later.event', 'constructor', 'toString', '__proto__'])(
  'the unknown event %s is shown by its name',
  (event) => {
    expect(deed(event, 'a', { id: 'a', name: 'Billing' })).toBe(`${event}: Billing`)
  },
)

test('the URL of the audit log keeps known parameters', () => {
  const given = { event: 'secret.rotated', actor: 7, target: '', from: '2026-01-31', to: '2026-02-31', other: 'x' }
  expect(readAuditSearch(given)).toEqual({ event: 'secret.rotated', actor: '7', from: '2026-01-31' })
})

test('a search in the audit log includes its last day', () => {
  expect(filterOf({ from: '2026-01-31', to: '2026-01-31', actor: 'opr_1', actorName: 'Ops' })).toEqual({
    kind: 'changes',
    actor: 'opr_1',
    since: '2026-01-31T00:00:00Z',
    until: '2026-02-01T00:00:00Z',
  })
  expect(filterOf({})).toEqual({ kind: 'changes' })
})

test('the file name of an export has no character that a file system refuses', () => {
  expect(stamp(new Date('2026-01-31T12:05:09.123Z'))).toBe('2026-01-31-12-05-09')
})
