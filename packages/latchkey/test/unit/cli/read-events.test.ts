// Server-sent events, split at any byte by the network.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEvents, type ServerEvent } from '../../../src/cli/watch/read-events.ts'

async function read(...chunks: readonly (string | Uint8Array)[]): Promise<readonly ServerEvent[]> {
  async function* stream() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  }
  return Array.fromAsync(readEvents(stream()))
}

test('an event has a name and data, with or without a space after the colon', async () => {
  expect(await read('event: issued\ndata: {"a":1}\n\nevent:ended\ndata:{}\n\n')).toEqual([
    { id: '', event: 'issued', data: '{"a":1}' },
    { id: '', event: 'ended', data: '{}' },
  ])
})

test('comments and events without data are skipped, and several data lines make one text', async () => {
  expect(await read(': hello\n\nretry: 5\nevent: x\n\ndata: one\ndata: two\n\n')).toEqual([
    { id: '', event: 'message', data: 'one\ntwo' },
  ])
})

test('an id is valid until the next id, and may come without data', async () => {
  expect(await read('id: 1\n\ndata: a\n\nid: 2\ndata: b\n\n')).toEqual([
    { id: '1', event: '', data: undefined },
    { id: '1', event: 'message', data: 'a' },
    { id: '2', event: 'message', data: 'b' },
  ])
})

test('an event that the end cuts off is skipped', async () => {
  expect(await read('event: a\ndata: 1\n\nevent: b\ndata: 2')).toEqual([{ id: '', event: 'a', data: '1' }])
})

test('a stream has the same events however it is split', async () => {
  const text = 'event: ä\r\ndata: {"name":"☃😀"}\r\n\r\n: x\n\ndata: y\n\n'
  const bytes = Buffer.from(text)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
      const edges = [0, ...cuts.toSorted((one, other) => one - other), bytes.length]
      const chunks = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end))
      expect(await read(...chunks)).toEqual([
        { id: '', event: 'ä', data: '{"name":"☃😀"}' },
        { id: '', event: 'message', data: 'y' },
      ])
    }),
  )
})
