// The feed's events: a guard reads exactly what the server writes.

import { describe, expect, test } from 'vitest'
import { EventStreamReader } from '../../src/event-stream.ts'
import type { FeedEvent } from '../../src/feed.ts'
import { readFeedEvent, writeFeedEvent } from '../../src/feed-event.ts'
import type { FeedSlot } from '../../src/feed-slot.ts'

const SLOT: FeedSlot = {
  clientId: 'lkabcdefghijklmn',
  scope: 0,
  generation: 7,
  standing: 'live',
  live: { generation: 7, jtiHash: 'A'.repeat(43), expiresAt: 1_800_000_000 },
  previous: undefined,
}

describe('an event of the feed', () => {
  test.each<FeedEvent>([
    { name: 'hello', version: 1, scopes: ['machinelearning.model', 'machinelearning.predict'], heartbeat: 1000 },
    { name: 'reset', reason: 'too_old' },
    { name: 'keys', kids: ['a', 'b'] },
    { name: 'slots', rows: [SLOT, { ...SLOT, generation: 9, standing: 'revoked', live: undefined }] },
    { name: 'slot', rows: [] },
    { name: 'snapshot-end' },
    { name: 'heartbeat', t: 12.5 },
    { name: 'bye', reason: 'right_ended' },
  ])('is read back as it was written: $name', (event) => {
    const [message] = new EventStreamReader(1000).read(writeFeedEvent(event, 'cursor-1'))
    expect(message?.lastEventId).toBe('cursor-1')
    expect(message && readFeedEvent(message)).toEqual(event)
  })

  test('has the documented form on the wire', () => {
    expect(writeFeedEvent({ name: 'slot', rows: [SLOT] }, 'c.7')).toBe(
      `event: slot\nid: c.7\ndata: {"rows":[["lkabcdefghijklmn",0,7,0,"${'A'.repeat(43)}",1800000000]]}\n\n`,
    )
    expect(writeFeedEvent({ name: 'bye', reason: 'stopping' })).toBe('event: bye\ndata: {"reason":"stopping"}\n\n')
  })
})

describe('a guard that reads the feed', () => {
  const read = (event: string, data: string) => readFeedEvent({ event, data, lastEventId: '' })

  test('ignores an event that a later version added', () => {
    expect(read('weather', '{}')).toBe('unknown')
  })

  test.each([
    ['hello', '{"version":1,"scopes":"a","heartbeat":1000}'],
    ['hello', '{"version":1,"scopes":[1],"heartbeat":1000}'],
    ['reset', '{"reason":"because"}'],
    ['keys', '{"kids":{}}'],
    ['slot', '{"rows":[[1]]}'],
    ['slots', '{"rows":{}}'],
    ['heartbeat', '{"t":-1}'],
    ['heartbeat', '{"t":"1"}'],
    ['bye', '{}'],
    ['slot', '{"rows":['],
    ['slot', 'null'],
    ['slot', ''],
  ])('disconnects after a broken %s (%s)', (event, data) => {
    expect(read(event, data)).toBe('malformed')
  })
})
