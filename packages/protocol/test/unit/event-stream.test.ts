// The reader of server-sent events follows the standard, for pieces of any size.

import { describe, expect, test } from 'vitest'
import { EventStreamReader, MessageTooLong } from '../../src/event-stream.ts'

const readAll = (...pieces: readonly string[]) => {
  const reader = new EventStreamReader(1000)
  return pieces.flatMap((piece) => reader.read(piece))
}

const STREAM =
  '\uFEFF: a comment\r\nevent: slot\rid: 7\ndata: {"a":\ndata: 1}\r\n\r\ndata:second\n\nid: 8\n\nretry: 10\ndata\n\n'

const MESSAGES = [
  { event: 'slot', data: '{"a":\n1}', lastEventId: '7' },
  { event: 'message', data: 'second', lastEventId: '7' },
  { event: 'message', data: '', lastEventId: '8' },
]

describe('a stream of events', () => {
  test('is read completely', () => {
    expect(readAll(STREAM)).toEqual(MESSAGES)
  })

  test('gives the same events when it arrives in single characters', () => {
    expect(readAll(...STREAM)).toEqual(MESSAGES)
  })

  test.each(Array.from({ length: STREAM.length - 1 }, (_, at) => at + 1))(
    'gives the same events when it is cut at %i',
    (at) => {
      expect(readAll(STREAM.slice(0, at), STREAM.slice(at))).toEqual(MESSAGES)
    },
  )

  test('does not deliver a message before its empty line has arrived', () => {
    expect(readAll('data: 1\n')).toEqual([])
  })

  test('keeps the last id if a new id contains NUL', () => {
    expect(readAll('id: 1\ndata: a\n\n', 'id: 2\0\ndata: b\n\n').map(({ lastEventId }) => lastEventId)).toEqual([
      '1',
      '1',
    ])
  })

  test('does not use the event name of one message for the next', () => {
    expect(readAll('event: bye\n\ndata: 1\n\n')).toEqual([{ event: 'message', data: '1', lastEventId: '' }])
  })
})

describe('a stream that would fill the memory of its reader', () => {
  test('is refused if a line does not end', () => {
    const reader = new EventStreamReader(10)
    reader.read('data: 1234')
    expect(() => reader.read('5')).toThrow(MessageTooLong)
  })

  test('is refused if a message does not end', () => {
    const reader = new EventStreamReader(10)
    reader.read('data: 1234\ndata: 5678\n')
    expect(() => reader.read('data: 901\n')).toThrow(MessageTooLong)
  })
})
