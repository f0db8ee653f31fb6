// Whether an operator can end a credential safely. Secrets and keys count together.
import { describe, expect, test } from 'vitest'
import { QUIET_SECONDS, safeToRetire, type UsedCredential } from '../../../src/domain/safe-to-retire.ts'
import { NOW } from './a-slot.ts'

const LONG_AGO = NOW - 100 * QUIET_SECONDS
const DAY = QUIET_SECONDS

const used = (id: string, lastUsedAt?: number, more: Partial<UsedCredential> = {}): UsedCredential => ({
  ...{ id, isEnabled: true, createdAt: LONG_AGO, endsAt: undefined, lastUsedAt, ...more },
})

describe.each([
  ['a secret beside a key', 'sec_1', 'key_1'],
  ['a key beside a secret', 'key_1', 'sec_1'],
  ['a key beside a key', 'key_1', 'key_2'],
])('%s', (_what, id, otherId) => {
  test('is replaced if it was unused for a day and the other credential was used since', () => {
    expect(safeToRetire(used(id, NOW - DAY), [used(otherId, NOW)], NOW)).toBe('replaced')
    expect(safeToRetire(used(id), [used(otherId, NOW)], NOW)).toBe('replaced')
  })

  test('is not safe to end within a day of its last use, however often the other credential is used', () => {
    expect(safeToRetire(used(id, NOW - DAY + 1), [used(otherId, NOW)], NOW)).toBe('recently_used')
  })

  test('is undecided if the other credential was not used since then, because the program with the other credential may run less often', () => {
    expect(safeToRetire(used(id, NOW - DAY), [used(otherId, NOW - DAY)], NOW)).toBe('nothing_used_since')
    expect(safeToRetire(used(id, NOW - DAY), [used(otherId)], NOW)).toBe('nothing_used_since')
  })

  test('is undecided on the day of its creation if it is unused', () => {
    const made = used(id, undefined, { createdAt: NOW - DAY + 1 })
    expect(safeToRetire(made, [used(otherId, NOW)], NOW)).toBe('recently_made')
  })

  test('is the only credential once the other credential has ended', () => {
    expect(safeToRetire(used(id, NOW - DAY), [used(otherId, NOW, { endsAt: NOW })], NOW)).toBe('only_credential')
    expect(safeToRetire(used(id, NOW - DAY), [used(otherId, NOW, { endsAt: NOW + 1 })], NOW)).toBe('replacement_ends')
  })

  test('is not replaced by a credential that ends earlier', () => {
    const verdict = (own: number | undefined, other: number | undefined) =>
      safeToRetire(used(id, NOW - DAY, { endsAt: own }), [used(otherId, NOW, { endsAt: other })], NOW)
    expect(verdict(undefined, NOW + 30 * DAY)).toBe('replacement_ends')
    expect(verdict(NOW + DAY + 1, NOW + DAY)).toBe('replacement_ends')
    expect(verdict(NOW + DAY, NOW + DAY)).toBe('replaced')
    expect(verdict(NOW + DAY, undefined)).toBe('replaced')
    const third = used('key_3', NOW)
    expect(safeToRetire(used(id, NOW - DAY), [used(otherId, NOW, { endsAt: NOW + 1 }), third], NOW)).toBe('replaced')
  })

  test('is safe to end if it has ended already', () => {
    expect(safeToRetire(used(id, NOW, { endsAt: NOW }), [], NOW)).toBe('ended_already')
  })
})

test('a trust rule of a disabled issuer replaces nothing, and is itself undecided', () => {
  const rule = used('tru_1', NOW, { isEnabled: false })
  expect(safeToRetire(used('sec_1', NOW - DAY), [rule], NOW)).toBe('only_credential')
  expect(safeToRetire(used('sec_1', NOW - DAY), [rule, used('sec_2')], NOW)).toBe('nothing_used_since')
  expect(safeToRetire(used('sec_1', NOW - DAY), [rule, used('sec_2', NOW)], NOW)).toBe('replaced')
  expect(safeToRetire(rule, [used('sec_1', NOW)], NOW)).toBe('issuer_disabled')
})

test('if one of several credentials is used, it replaces the others', () => {
  const others = [used('sec_2'), used('key_1', NOW)]
  expect(safeToRetire(used('sec_1', NOW - 2 * DAY), others, NOW)).toBe('replaced')
})
