// A bounded map keeps recently used entries and never exceeds its capacity.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecentMap } from '../../src/recent-map.ts'

test('an entry among the most recently used half is found with its last value', () => {
  const key = fc.nat(30)
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.boolean())), (uses) => {
      const map = new RecentMap<number, number>(20)
      const last = new Map<number, number>()
      for (const [i, [name, isWrite]] of uses.entries()) {
        if (isWrite) {
          map.set(name, i)
          last.delete(name)
          last.set(name, i)
        } else if (last.has(name) && map.get(name) !== undefined) {
          const value = last.get(name) ?? -1
          last.delete(name)
          last.set(name, value)
        }
      }
      for (const [name, value] of [...last].slice(-9)) expect(map.get(name)).toBe(value)
    }),
  )
})

test('the first entry is dropped when more new entries than the capacity were added', () => {
  const map = new RecentMap<number, string>(10)
  for (let i = 0; i < 11; i++) map.set(i, 'value')
  expect(map.get(0)).toBeUndefined()
  expect(map.get(10)).toBe('value')
})
