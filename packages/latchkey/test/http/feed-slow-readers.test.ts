// Readers of the feed that do not read: the server buffers little for them, and disconnects them.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { aFeed, eventsOn, eventually } from '../a-feed.ts'
import { StallingLine } from '../a-stalling-line.ts'

/** More changes than the change buffer can hold. */
const TOO_MANY = 140_000

const LITTLE = 200_000

test('for a reader that does not read, only one piece of the snapshot is made', async () => {
  const { open, feed, clock } = aFeed(50_000)
  const line = new StallingLine()
  line.stall()
  await open(line)
  await eventually(() => line.writableNeedDrain)
  for (let i = 0; i < 100; i++) await turn()
  expect(line.writableLength).toBeLessThan(LITTLE)
  clock.advance(9)
  await feed.check()
  expect(feed.lagSeconds).toBe(9)
  line.goOn()
  await eventually(() => line.lately.includes('event: heartbeat'))
  expect(eventsOn(line).flatMap((event) => (event.name === 'slots' ? event.rows : []))).toHaveLength(50_001)
  expect(feed.lagSeconds).toBe(0)
  feed.stop()
})

test('changes are not buffered for a reader that does not read, and the reader is cut off after ten seconds', async () => {
  const { open, feed, clock, put } = aFeed(10)
  const line = new StallingLine()
  await open(line)
  await eventually(() => line.lately.includes('event: heartbeat'))
  line.stall()
  for (let generation = 2; generation < 100; generation++) {
    for (let i = 0; i < 200; i++) put(`lk${String(i)}`, generation)
    await turn()
    await turn()
  }
  expect(line.writableLength).toBeLessThan(LITTLE)
  clock.advance(10)
  await feed.check()
  expect(line.destroyed).toBe(true)
  expect(feed.subscribers).toBe(0)
})

test('a reader that is too slow for the change buffer gets a bye event, and other readers continue', async () => {
  const { open, feed, put } = aFeed(10)
  const [slow, quick] = [new StallingLine(), new StallingLine()]
  for (const line of [slow, quick]) await open(line)
  await eventually(() => slow.lately.includes('event: heartbeat') && quick.lately.includes('event: heartbeat'))
  slow.stall()
  for (let change = 0, generation = 2; change < TOO_MANY; generation++) {
    for (let i = 0; i < 200; i++, change++) put(`lk${String(i)}`, generation)
    if (generation % 25 === 0) await eventually(() => quick.lately.includes(`["lk199",0,${String(generation)},`))
  }
  slow.goOn()
  await eventually(() => slow.lately.includes('event: bye'))
  expect(eventsOn(slow).at(-1)).toEqual({ name: 'bye', reason: 'too_slow' })
  expect(feed.subscribers).toBe(1)
  feed.stop()
})

test('after an hour a reader gets a bye event with the reason time', async () => {
  const { open, feed, clock } = aFeed(10)
  const line = new StallingLine()
  await open(line)
  await eventually(() => line.lately.includes('event: heartbeat'))
  clock.advance(3600)
  await feed.check()
  expect(eventsOn(line).at(-1)).toEqual({ name: 'bye', reason: 'time' })
})
