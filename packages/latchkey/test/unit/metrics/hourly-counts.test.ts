// The hourly counts of an integration: the sums of the last 24 hours, and no hour before the measurement.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hourlyCounts } from '../../../src/metrics/hourly-counts.ts'
import { Timeline } from '../../../src/metrics/timeline.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** The start of an hour. */
const START = 1_800_000_000_000

const step = fc.record({
  name: fc.constantFrom(
    'issued',
    'issued',
    'reused',
    'superseded',
    'refused:wrong_secret',
    'refused:x',
    'denied:expired',
  ),
  wait: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 50 * MINUTE }) },
    { weight: 1, arbitrary: fc.nat({ max: 26 * HOUR }) },
  ),
})

test('each of the last 24 hours has the requests of that hour', () => {
  fc.assert(
    fc.property(fc.nat({ max: 3 * HOUR }), fc.array(step, { maxLength: 60 }), (offset, steps) => {
      const since = START + offset
      const timeline = new Timeline(since, since)
      const counted: { readonly name: string; readonly hour: number }[] = []
      let now = since
      for (const { name, wait } of steps) {
        now += wait
        timeline.count(name, now)
        counted.push({ name, hour: Math.floor(now / HOUR) })
      }
      const last = Math.floor(now / HOUR)
      const first = Math.max(Math.floor(since / HOUR), last - 23)
      const expected = (prefix: string) =>
        Array.from(
          { length: last - first + 1 },
          (_, place) => counted.filter(({ name, hour }) => name.startsWith(prefix) && hour === first + place).length,
        )
      expect(hourlyCounts(timeline, now)).toEqual({
        since: Math.floor(since / 1000),
        from: first * 3600,
        issued: expected('issued'),
        refused: expected('refused:'),
        denied: expected('denied:'),
      })
    }),
  )
})
