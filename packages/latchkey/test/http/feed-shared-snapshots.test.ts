// Readers that request the whole table of tokens at the same time share one snapshot, and each reader gets every
// change.
import { constants, gunzipSync } from 'node:zlib'
import type { FeedEvent } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { aFeed, bodyOf, eventsIn, eventsOn, eventually } from '../a-feed.ts'
import { StallingLine } from '../a-stalling-line.ts'

const INTEGRATIONS = 5000
/** After this number of changes no further reader joins a running snapshot. */
const MANY_CHANGES = 32_768

const isComplete = (line: StallingLine): boolean => line.lately.includes('event: heartbeat')

/** Returns the newest generation (token version) of each client in the table that a reader has received. */
function tableOf(events: readonly FeedEvent[]): ReadonlyMap<string, number> {
  const table = new Map<string, number>()
  for (const event of events) {
    if (event.name !== 'slots' && event.name !== 'slot') continue
    for (const { clientId, generation } of event.rows)
      table.set(clientId, Math.max(generation, table.get(clientId) ?? 0))
  }
  return table
}

test('the table is read once for twenty readers that connect while it is read', async () => {
  const { open, feed, changes } = aFeed(INTEGRATIONS)
  const lines = Array.from({ length: 20 }, () => new StallingLine())
  for (const [number, line] of lines.entries()) {
    await open(line)
    await eventually(() => changes.pieces > Math.min(number, 15))
  }
  await eventually(() => lines.every(isComplete))
  expect(changes.snapshots).toBe(1)
  for (const line of lines) {
    const rows = eventsOn(line).flatMap((event) => (event.name === 'slots' ? event.rows : []))
    expect(rows).toHaveLength(INTEGRATIONS + 1)
    expect(eventsOn(line).map(({ name }) => name)).toContain('snapshot-end')
  }
  feed.stop()
})

test('a reader that joins a running snapshot late gets the changes of its earlier pieces too', async () => {
  const { open, feed, changes, put, live } = aFeed(INTEGRATIONS)
  const [first, second] = [new StallingLine(), new StallingLine()]
  await open(first)
  await eventually(() => changes.pieces > 10)
  // Some of the changes belong to pieces that were already made, some to later pieces, and some to no piece.
  for (const client of ['lk0', 'lk1', 'lk4990']) put(client, 2)
  put('lknew', 1)
  live.put('lk2', undefined)
  await open(second)
  put('lk1', 3)
  await eventually(() => isComplete(first) && isComplete(second))
  expect(changes.snapshots).toBe(1)
  for (const line of [first, second]) {
    const table = tableOf(eventsOn(line))
    expect(['lk0', 'lk1', 'lk4990', 'lknew', 'lk3'].map((client) => table.get(client))).toEqual([2, 3, 2, 1, 1])
    // The removal also took a generation.
    expect(table.get('lk2')).toBe(2)
  }
  feed.stop()
})

describe('the table is read again', () => {
  test('for a reader that connects after all readers have received the snapshot', async () => {
    const { open, feed, changes } = aFeed(INTEGRATIONS)
    const [first, second] = [new StallingLine(), new StallingLine()]
    await open(first)
    await eventually(() => isComplete(first))
    await open(second)
    await eventually(() => isComplete(second))
    expect(changes.snapshots).toBe(2)
    feed.stop()
  })

  test('for a reader that would need too many changes since the start of the snapshot', async () => {
    const { open, feed, changes, put } = aFeed(INTEGRATIONS)
    const [slow, late] = [new StallingLine(), new StallingLine()]
    slow.stall()
    await open(slow)
    await eventually(() => slow.writableNeedDrain)
    for (let change = 0; change <= MANY_CHANGES; change++)
      put(`lk${String(change % INTEGRATIONS)}`, 2 + Math.floor(change / INTEGRATIONS))
    await open(late)
    await eventually(() => isComplete(late))
    expect(changes.snapshots).toBe(2)
    slow.goOn()
    await eventually(() => isComplete(slow))
    expect(tableOf(eventsOn(slow))).toEqual(tableOf(eventsOn(late)))
    feed.stop()
  })
})

test('a snapshot continues after one of its readers has disconnected', async () => {
  const { open, feed, changes } = aFeed(INTEGRATIONS)
  const [closing, staying] = [new StallingLine(), new StallingLine()]
  await open(closing)
  await open(staying)
  await eventually(() => changes.pieces > 3)
  closing.destroy()
  await eventually(() => isComplete(staying))
  expect(tableOf(eventsOn(staying)).size).toBe(INTEGRATIONS + 1)
  expect([changes.snapshots, feed.subscribers]).toEqual([1, 1])
  feed.stop()
})

test('a gzip stream is one valid gzip file, with the same events as in plain text', async () => {
  const { open, feed, changes } = aFeed(INTEGRATIONS)
  const [plain, packed] = [new StallingLine(), new StallingLine()]
  await open(plain)
  await open(packed, { takesGzip: true })
  const bytesOf = (line: StallingLine): Buffer => Buffer.from(bodyOf(line), 'latin1')
  const soFar = (): string => gunzipSync(bytesOf(packed), { finishFlush: constants.Z_SYNC_FLUSH }).toString()
  await eventually(() => isComplete(plain) && packed.lately.includes('heartbeat'))
  expect(soFar()).toContain('snapshot-end')
  feed.stop()
  await eventually(() => packed.writableFinished || packed.destroyed)
  // Checks the checksum and the length at the end of the gzip stream.
  const events = eventsIn(gunzipSync(bytesOf(packed)).toString())
  expect(events.at(-1)).toEqual({ name: 'bye', reason: 'stopping' })
  expect(tableOf(events)).toEqual(tableOf(eventsOn(plain)))
  expect(changes.snapshots).toBe(1)
})
