// The timelines of integrations show the same as if each integration had a timeline from its first request on.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IntegrationTimelines } from '../../../src/metrics/integration-timelines.ts'
import { readInterval, readTimeline } from '../../../src/metrics/read-timeline.ts'
import { Timeline } from '../../../src/metrics/timeline.ts'

const START = 1_800_000_000_000
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const MOST = 3

/**
 * The model: each integration has a timeline from its first request on. The integrations are ordered by last use, the
 * oldest first.
 */
class EagerTimelines {
  readonly #timelines = new Map<string, Timeline>()
  #completeSince = START

  count(clientId: string, names: readonly string[], now: number): void {
    const [oldest = ''] = this.#timelines.keys()
    if (!this.#timelines.has(clientId) && this.#timelines.size === MOST) {
      this.#timelines.delete(oldest)
      this.#completeSince = now
    }
    const timeline = this.#timelines.get(clientId) ?? new Timeline(this.#completeSince, now)
    for (const name of names) timeline.count(name, now)
    this.#timelines.delete(clientId)
    this.#timelines.set(clientId, timeline)
  }

  of(clientId: string, now: number): Timeline {
    return this.#timelines.get(clientId) ?? new Timeline(this.#completeSince, now)
  }
}

const reported = (timeline: Timeline, now: number) =>
  readTimeline(timeline, now, (place) => readInterval(timeline, place))

const step = fc.record({
  clientId: fc.constantFrom('lk1', 'lk1', 'lk2', 'lk3', 'lk4'),
  names: fc.constantFrom(['issued'], ['issued', 'superseded'], ['reused'], ['refused:wrong_secret']),
  wait: fc.oneof(
    { weight: 6, arbitrary: fc.nat({ max: 3 * MINUTE }) },
    { weight: 2, arbitrary: fc.nat({ max: DAY / 2 }) },
    // The pauses are around one day long, because a timeline shows the last 24 hours.
    { weight: 2, arbitrary: fc.integer({ min: DAY - 30 * MINUTE, max: DAY + 30 * MINUTE }) },
  ),
})

test('an integration is shown in the same way before and after its second request, and after its record was dropped', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [timelines, eager] = [new IntegrationTimelines(MOST, START), new EagerTimelines()]
      let now = START
      for (const { clientId, names, wait } of steps) {
        now += wait
        timelines.count(clientId, names, now)
        eager.count(clientId, names, now)
        for (const id of ['lk1', 'lk2', 'lk3', 'lk4']) {
          expect(reported(timelines.of(id, now), now)).toEqual(reported(eager.of(id, now), now))
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('the record of a request that is no longer shown is used for the next integration', () => {
  const timelines = new IntegrationTimelines(MOST, START)
  timelines.count('lk1', ['issued'], START)
  timelines.count('lk1', ['issued'], START + DAY)
  const sum = reported(timelines.of('lk1', START + DAY), START + DAY).halfHours.reduce(
    (all, { issued }) => all + issued,
    0,
  )
  expect(sum).toBe(1)
})
