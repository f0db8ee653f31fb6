// The events that the filter of the audit log offers.
import { expect, test } from 'vitest'
import { AUDIT_EVENTS } from '../../../latchkey/src/http/contract/closed-lists.ts'
import { eventOptions, findEvents } from '../../src/pages/audit-log/event-options.ts'

const valuesOf = (options: readonly { readonly value: string }[]) => options.map(({ value }) => value)

test('the filter offers each event once, with a label in plain words that no other event has', () => {
  const options = [...eventOptions(undefined, undefined), ...eventOptions('refusals', undefined)]
  expect(valuesOf(options).toSorted()).toEqual([...AUDIT_EVENTS].toSorted())
  const labels = options.map(({ label }) => label)
  expect(new Set(labels).size).toBe(labels.length)
  expect(labels.filter((label) => !/^[A-Z][^._]*$/.test(label))).toEqual([])
})

test('the filter of the refusals offers no changes', () => {
  expect(valuesOf(eventOptions('refusals', undefined)).toSorted()).toEqual([
    'client.refused',
    'operator.sign_in_failed',
  ])
})

test.each([
  ['rotated', ['secret.rotated']],
  ['  ROTATED secret ', ['secret.rotated']],
  ['secret.rot', ['secret.rotated']],
  ['moon', []],
])('the text %j in the filter finds the events %j', (text, found) => {
  expect(valuesOf(findEvents(eventOptions(undefined, undefined), text))).toEqual(found)
})

test.each([
  ['moon.eclipsed', 'moon.eclipsed'],
  ['client.refused', 'Request of an integration refused'],
])('an event in the URL that the filter would not offer is added to its options: %s', (event, label) => {
  expect(eventOptions(undefined, event)[0]).toEqual({ value: event, label })
})
