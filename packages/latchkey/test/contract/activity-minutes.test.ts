// The store contains the counts of the last two days. The counts survive a restart of the server, and the counts of all
// servers on one store are added.
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { ActivityStorage } from '../../src/metrics/activity-storage.ts'
import { ServerTimeline } from '../../src/metrics/server-timeline.ts'
import { SteadyTime } from '../../src/metrics/steady-time.ts'
import type { ActivityMinutes } from '../../src/ports/activity-minutes.ts'
import { TestClock } from '../a-server.ts'
import { ENGINES, openReplica } from '../engines.ts'
import { aDatabase, POSTGRES } from '../postgres/databases.ts'
import { anActivity } from '../unit/metrics/an-activity.ts'

/** The start of an hour. */
const NOON = 1_800_000_000
const NOON_MINUTE = NOON / 60
const TWO_DAYS = 2880

/** One run of a server that counts requests and writes its counts to a store. */
function aRun(minutes: ActivityMinutes, clock: TestClock) {
  const time = new SteadyTime(clock)
  const timeline = new ServerTimeline(time.now())
  const storage = new ActivityStorage({ minutes, timeline, time, logger: pino({ level: 'silent' }) })
  return {
    storage,
    count: (name: string, times = 1) => {
      for (let n = 0; n < times; n++) timeline.count(name, time.now())
    },
    answerIn: (milliseconds: number) => timeline.observeLatency(milliseconds, time.now()),
    report: () => timeline.report(time.now()),
    issued: () => {
      const { activity } = timeline.report(time.now())
      return activity.halfHours.reduce((sum, { issued }) => sum + issued, 0)
    },
  }
}

describe.each(ENGINES)('on $name', (engine) => {
  test('after a restart, the counts of an integration begin at the restart, and the counts of the service begin at its first start', async () => {
    const place = await engine.aPlace()
    const [store, clock] = [await engine.open(place), new TestClock(NOON)]
    const first = anActivity(clock)
    await first.begin(store.activityMinutes)
    await first.close()
    clock.advance(600)
    const second = anActivity(clock)
    await second.begin(store.activityMinutes)
    expect(second.server().activity.since).toBe(NOON)
    expect(second.troubled().since).toBe(NOON + 600)
    await second.close()
    await store.close()
  })

  test('a server shows the counts and latencies from before its restart without a gap', async () => {
    const place = await engine.aPlace()
    const [store, clock] = [await engine.open(place), new TestClock(NOON)]
    const before = aRun(store.activityMinutes, clock)
    await before.storage.begin()
    expect(before.storage.earlier).toBeUndefined()
    before.count('issued', 3)
    before.count('refused:wrong_secret')
    before.answerIn(2)
    clock.advance(90)
    before.count('issued')
    const reported = before.report()
    await before.storage.close()
    await store.close()

    const reopened = await engine.open(place)
    clock.advance(20)
    const after = aRun(reopened.activityMinutes, clock)
    await after.storage.begin()
    expect(after.storage.earlier).toEqual({ restartedAt: NOON + 110, incompleteBefore: undefined })
    expect(after.report()).toEqual(reported)
    after.count('issued')
    expect(after.issued()).toBe(5)
    await after.storage.close()
    await reopened.close()
  })

  test('the counts since the last write are lost if the server is killed, and the restarted server reports this gap', async () => {
    const place = await engine.aPlace()
    const [store, clock] = [await engine.open(place), new TestClock(NOON)]
    const killed = aRun(store.activityMinutes, clock)
    await killed.storage.begin()
    killed.count('issued', 2)
    await killed.storage.flush()
    killed.count('issued', 5)
    await store.close()
    clock.advance(600)

    const reopened = await engine.open(place)
    const after = aRun(reopened.activityMinutes, clock)
    await after.storage.begin()
    expect(after.storage.earlier).toEqual({ restartedAt: NOON + 600, incompleteBefore: NOON + 600 })
    expect(after.issued()).toBe(2)
    await reopened.close()
  })

  test('a minute that is written again is not counted twice, and a failed write is repeated', async () => {
    const [store, clock] = [await engine.open(await engine.aPlace()), new TestClock(NOON)]
    const run = aRun(store.activityMinutes, clock)
    let mayWrite = false
    const failing: ActivityMinutes = {
      from: (minute) => store.activityMinutes.from(minute),
      put: (...written) => (mayWrite ? store.activityMinutes.put(...written) : Promise.reject(new Error('no disk'))),
    }
    const unlucky = aRun(failing, clock)
    for (const each of [run, unlucky]) await each.storage.begin()
    for (const each of [run, unlucky]) each.count('issued', 2)
    for (const each of [run, unlucky]) await each.storage.flush()
    mayWrite = true
    clock.advance(60)
    run.count('issued')
    for (const each of [unlucky, run, unlucky]) await each.storage.flush()
    expect([run.issued(), unlucky.issued()]).toEqual([5, 5])
    await store.close()
  })

  test('the counts of two days take 2,880 rows, and the counts of later days overwrite these rows', async () => {
    const place = await engine.aPlace()
    const store = await engine.open(place)
    const written = (first: number) => new Map(Array.from({ length: TWO_DAYS }, (_, n) => [first + n, { issued: n }]))
    for (const turn of [0, 1]) {
      await store.activityMinutes.put('run', written(NOON_MINUTE + turn * TWO_DAYS), NOON_MINUTE)
    }
    const { first, minutes } = await store.activityMinutes.from(0)
    expect(first).toBe(NOON_MINUTE)
    expect(minutes).toHaveLength(TWO_DAYS)
    expect(Math.min(...minutes.map(({ minute }) => minute))).toBe(NOON_MINUTE + TWO_DAYS)
    await store.close()
    expect(await engine.query(place, 'SELECT CAST(count(*) AS integer) AS n FROM activity_minute')).toEqual([
      { n: TWO_DAYS + 1 },
    ])
  })

  test('a server that gets no requests writes counts only when it starts', async () => {
    const place = await engine.aPlace()
    const [store, clock] = [await engine.open(place), new TestClock(NOON)]
    const run = aRun(store.activityMinutes, clock)
    await run.storage.begin()
    const before = await store.activityMinutes.from(0)
    clock.advance(60)
    await run.storage.flush()
    expect(await store.activityMinutes.from(0)).toEqual(before)
    await store.close()
  })
})

describe.skipIf(!has('postgresql')).each(POSTGRES)('servers on one database ($name)', ({ version }) => {
  test('show the sum of their counts, with a delay of at most one minute', async () => {
    const url = await aDatabase(version)
    const clock = new TestClock(NOON)
    const stores = [await openReplica(url), await openReplica(url)]
    const [one, other] = stores.map((store) => aRun(store.activityMinutes, clock))
    if (one === undefined || other === undefined) throw new Error('two runs')
    for (const { storage } of [one, other]) await storage.begin()
    one.count('issued', 2)
    other.count('issued', 3)
    expect([one.issued(), other.issued()]).toEqual([2, 3])
    for (const { storage } of [one, other, one]) await storage.flush()
    expect([one.issued(), other.issued()]).toEqual([5, 5])
    clock.advance(60)
    other.count('issued')
    for (const { storage } of [other, one]) await storage.flush()
    expect([one.issued(), other.issued()]).toEqual([6, 6])
    for (const store of stores) await store.close()
  })
})
