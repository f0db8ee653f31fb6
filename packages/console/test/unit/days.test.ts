// The days that an address can name for the audit log: days that the API accepts and that have a next day.
import { expect, test } from 'vitest'
import { dayAfter, isDay } from '../../src/pages/audit-log/days.ts'

test.each([
  ['2026-02-28', '2026-03-01'],
  ['2028-02-28', '2028-02-29'],
  ['9999-12-30', '9999-12-31'],
])('%s is a day, and the day after is %s', (day, next) => {
  expect([isDay(day), dayAfter(day)]).toEqual([true, next])
})

test.each([
  '2026-02-31',
  '2027-02-29',
  '2026-13-01',
  '9999-12-31',
  '+010000-01-01',
  'today',
  '',
  20260101,
  ['2026-01-01'],
])('%j is not a day', (value) => {
  expect(isDay(value)).toBe(false)
})
