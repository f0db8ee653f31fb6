// Durations and times as operators type and read them.
import { InvalidArgumentError } from 'commander'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { durationOrNow, parseDuration, pointOfTime, rfc3339, spoken, timeAgo } from '../../../src/cli/durations.ts'

test.each([
  ['0', 0],
  ['90', 90],
  ['90s', 90],
  ['15m', 900],
  ['24h', 86_400],
  ['7d', 604_800],
  ['2w', 1_209_600],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

test.each(['', '-1', '1.5h', '1 h', 'h', '1h30m', '0x10', '1e3', '9999999999', '1y', 'now'])(
  '%j is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined()
  },
)

test('now means an overlap of 0 seconds', () => {
  expect(durationOrNow('now')).toBe(0)
  expect(() => durationOrNow('soon')).toThrow(InvalidArgumentError)
})

describe('a point of time', () => {
  test('is normalised to UTC seconds', () => {
    expect(pointOfTime('2027-01-01T02:00:00+02:00')).toBe('2027-01-01T00:00:00Z')
    expect(pointOfTime('2027-01-01')).toBe('2027-01-01T00:00:00Z')
  })

  test('may be a duration after now or before now', () => {
    const now = Date.now()
    expect(Math.abs(Date.parse(pointOfTime('90d')) - now - 90 * 86_400_000)).toBeLessThan(5000)
    expect(Math.abs(Date.parse(timeAgo('24h')) - now + 86_400_000)).toBeLessThan(5000)
  })

  test.each(['yesterday', '2027', '01/02/2027', '2027-13-01', '2027-01-01T00:00:00', ''])(
    'cannot be written as %j',
    (text) => {
      expect(() => pointOfTime(text)).toThrow(InvalidArgumentError)
      expect(() => timeAgo(text)).toThrow(InvalidArgumentError)
    },
  )

  test('never exceeds the years of RFC 3339', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), fc.constantFrom('s', 'm', 'h', 'd', 'w'), (count, unit) => {
        for (const read of [pointOfTime, timeAgo]) {
          try {
            expect(read(`${String(count)}${unit}`)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidArgumentError)
          }
        }
      }),
    )
  })
})

test.each([
  [0, '0s'],
  [59, '59s'],
  [60, '1m'],
  [3599, '59m 59s'],
  [3600, '1h'],
  [3605, '1h'],
  [90_061, '1d 1h'],
  [-5, '0s'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(spoken(seconds)).toBe(text)
})

test('seconds since the epoch are written in the form of RFC 3339', () => {
  expect(rfc3339(1_767_225_600.9)).toBe('2026-01-01T00:00:00Z')
})
