// The entries of the audit log as sentences, and the filter of their kind.
import { expect, test } from 'vitest'
import { AUDIT_EVENTS } from '../../../latchkey/src/http/contract/closed-lists.ts'
import { deedOf } from '../../src/pages/audit-log/deed-of.ts'
import { filterOf, readAuditSearch } from '../../src/pages/audit-log/audit-search.ts'
import { sentenceOf } from '../../src/pages/audit-log/sentence-of.ts'

const actor = { kind: 'system', id: 'system', name: 'Latchkey', address: '', user_agent: '' } as const
const target = { kind: 'integration', id: 'int_1', name: 'Terraform' }

test('the audit log shows the reason of a refusal', () => {
  const event = { event: 'client.refused', actor, target, after: { reason: 'wrong_secret' } }
  expect(sentenceOf(event)).toEqual({
    before: 'refused a request of ',
    name: 'Terraform',
    after: ': the client secret is wrong',
  })
})

// A server writes only these names. The type of the console's table checks that it has no others.
test.each(AUDIT_EVENTS)('the audit log has words for the event %s', (event) => {
  const sentence = deedOf({ event, actor, target, after: {} })
  expect(sentence).toMatch(/^[a-z]/)
  expect(sentence).not.toContain(event)
})

test('an event that only a newer server knows is shown by its name', () => {
  expect(deedOf({ event: 'moon.eclipsed', actor, target, after: {} })).toBe('moon.eclipsed: Terraform')
})

test('a sentence without the name of its target has no link', () => {
  const event = {
    event: 'store.backed_up',
    actor,
    target: { kind: 'server', id: 'server', name: 'Latchkey' },
    after: {},
  }
  expect(sentenceOf(event)).toEqual({ before: 'made a backup of the store', name: '', after: '' })
})

test('the audit log shows changes unless its URL asks for refusals', () => {
  expect(filterOf(readAuditSearch({}))).toEqual({ kind: 'changes' })
  expect(filterOf(readAuditSearch({ kind: 'refusals' }))).toEqual({ kind: 'refusals' })
  expect(filterOf(readAuditSearch({ kind: 'rumours' }))).toEqual({ kind: 'changes' })
})
