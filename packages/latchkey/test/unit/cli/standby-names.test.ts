// The forms of PostgreSQL's setting `synchronous_standby_names`.
import { expect, test } from 'vitest'
import { areAllAwaited, readStandbyNames } from '../../../src/cli/doctor/standby-names.ts'

test.each([
  ['', 0, []],
  ['a', 1, ['a']],
  ['a, b', 1, ['a', 'b']],
  ['FIRST 1 (a)', 1, ['a']],
  ['first 2 (a,b, c)', 2, ['a', 'b', 'c']],
  ['2 (a, b)', 2, ['a', 'b']],
  ['ANY 1 ("node-1", "say ""x""")', 1, ['node-1', 'say "x"']],
  ['*', 1, ['*']],
])('%j waits for %i of %j', (setting, waitsFor, names) => {
  expect(readStandbyNames(setting)).toEqual({ waitsFor, names })
})

test.each([
  ['a', true],
  ['FIRST 2 (a, b)', true],
  ['ANY 2 (a, b)', true],
  ['FIRST 1 (a, b)', false],
  ['a, b', false],
  ['ANY 1 (a, b)', false],
  ['*', false],
  ['', false],
])('%j: each commit waits for all standbys: %s', (setting, expected) => {
  expect(areAllAwaited(readStandbyNames(setting))).toBe(expected)
})
