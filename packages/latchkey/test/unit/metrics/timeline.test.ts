// Timelines show every count in its minute and its half hour, and nothing about a time that was not measured.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { IntegrationTimelines } from '../../../src/metrics/integration-timelines.ts'
import { LatencyTimeline } from '../../../src/metrics/latency-timeline.ts'
import { Timeline } from '../../../src/metrics/timeline.ts'

const MINUTE = 60_000
const HALF_HOUR = 30 * MINUTE
/** The start of an hour. */
const START = 1_800_000_000_000

const reported = (timeline: Timeline, name: string, now: number) => {
  const { minutes, halfHours } = timeline.places(now)
  const show = ({ index, at }: { readonly index: number; readonly at: number }) => [
    at - START,
    timeline.at(name, index),
  ]
  return { minutes: minutes.map(show), halfHours: halfHours.map(show) }
}

describe('a timeline', () => {
  test('begins with the first measured minute, and shows no values of the hour before', () => {
    const timeline = new Timeline(START + 90_000, START + 90_000)
    timeline.count('issued', START + 100_000)
    expect(reported(timeline, 'issued', START + 130_000)).toEqual({
      minutes: [
        [MINUTE, 1],
        [2 * MINUTE, 0],
      ],
      halfHours: [[0, 1]],
    })
  })

  test('shows 60 minutes and 48 half hours, and forgets older minutes and half hours', () => {
    const timeline = new Timeline(START, START)
    timeline.count('issued', START)
    timeline.count('issued', START + 60 * MINUTE)
    const { minutes, halfHours } = reported(timeline, 'issued', START + 60 * MINUTE)
    expect(minutes).toHaveLength(60)
    expect([minutes[0], minutes.at(-1)]).toEqual([
      [MINUTE, 0],
      [60 * MINUTE, 1],
    ])
    expect(halfHours).toEqual([
      [0, 1],
      [HALF_HOUR, 0],
      [2 * HALF_HOUR, 1],
    ])
    const later = reported(timeline, 'issued', START + 48 * HALF_HOUR)
    expect(later.halfHours).toHaveLength(48)
    expect(later.halfHours.map(([, count]) => count).reduce((sum = 0, count = 0) => sum + count, 0)).toBe(1)
  })

  test('shows no values of the day before after a day without events', () => {
    const timeline = new Timeline(START, START)
    for (let halfHour = 0; halfHour < 48; halfHour++) timeline.count('issued', START + halfHour * HALF_HOUR)
    const { halfHours } = reported(timeline, 'issued', START + 96 * HALF_HOUR)
    expect(halfHours.map(([, count]) => count)).toEqual(Array.from({ length: 48 }, () => 0))
  })

  test('counts each name by itself', () => {
    const timeline = new Timeline(START, START)
    timeline.count('issued', START)
    timeline.count('refused:wrong_secret', START)
    expect(reported(timeline, 'superseded', START).minutes).toEqual([[0, 0]])
    expect([...timeline.names]).toEqual(['issued', 'refused:wrong_secret'])
  })

  test('agrees with a list of all counts, with pauses of any length', () => {
    const waits = fc.array(fc.oneof(fc.nat({ max: 3 * MINUTE }), fc.nat({ max: 30 * HALF_HOUR })), { maxLength: 40 })
    fc.assert(
      fc.property(fc.nat({ max: HALF_HOUR }), waits, (offset, steps) => {
        let now = START + offset
        const timeline = new Timeline(now, now)
        const since = now
        const events = steps.map((wait) => {
          now += wait
          timeline.count('issued', now)
          return now
        })
        const { minutes, halfHours } = timeline.places(now)
        for (const [places, length] of [
          [minutes, MINUTE],
          [halfHours, HALF_HOUR],
        ] as const) {
          for (const { index, at } of places) {
            expect(at).toBeGreaterThan(since - length)
            expect(timeline.at('issued', index)).toBe(
              events.filter((event) => event >= at && event < at + length).length,
            )
          }
          expect(places.at(-1)?.at).toBe(now - (now % length))
        }
      }),
    )
  })
})

describe('the timelines of integrations', () => {
  test('show zeros since the start for an idle integration', () => {
    const timelines = new IntegrationTimelines(2, START)
    expect(reported(timelines.of('lk1', START + 2 * MINUTE), 'issued', START + 2 * MINUTE).minutes).toEqual([
      [0, 0],
      [MINUTE, 0],
      [2 * MINUTE, 0],
    ])
  })

  test('drop the integration that was idle longest, and show no zeros for the time of a dropped record', () => {
    const timelines = new IntegrationTimelines(2, START)
    for (const [minute, clientId] of ['lk1', 'lk2', 'lk1', 'lk3'].entries()) {
      timelines.count(clientId, ['issued'], START + minute * MINUTE)
    }
    const now = START + 4 * MINUTE
    expect(reported(timelines.of('lk1', now), 'issued', now).minutes.map(([, count]) => count)).toEqual([1, 0, 1, 0, 0])
    expect(reported(timelines.of('lk2', now), 'issued', now).minutes).toEqual([
      [3 * MINUTE, 0],
      [4 * MINUTE, 0],
    ])
  })
})

describe('the latency of token requests', () => {
  test('is shown as percentiles, each at most a fifth above the measured value', () => {
    const latency = new LatencyTimeline(START)
    for (let milliseconds = 1; milliseconds <= 100; milliseconds++) latency.observe(milliseconds, START)
    const [place] = new Timeline(START, START).places(START).minutes
    const { p50 = 0, p95 = 0, p99 = 0 } = (place && latency.at(place)) ?? {}
    for (const [reported, measured] of [
      [p50, 50],
      [p95, 95],
      [p99, 99],
    ] as const) {
      expect(reported).toBeGreaterThanOrEqual(measured)
      expect(reported).toBeLessThanOrEqual(measured * 1.2)
    }
  })

  test('is not shown for a minute without requests', () => {
    const latency = new LatencyTimeline(START)
    latency.observe(3, START)
    const later = START + MINUTE
    latency.advance(later)
    const places = new Timeline(START, later).places(later).minutes
    expect(places.map((place) => latency.at(place) === undefined)).toEqual([false, true])
  })
})
