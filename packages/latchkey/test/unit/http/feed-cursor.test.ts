// A cursor contains a feed position, and is valid only for one set of scopes.
import type { Scope } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { cursorPrefix, readCursor, writeCursor } from '../../../src/http/public/feed/feed-cursor.ts'

const [MODEL, PREDICT] = ['machinelearning.model', 'machinelearning.predict'] as [Scope, Scope]
const PREFIX = cursorPrefix([MODEL, PREDICT])

test.each(['0', 'lQ2c8yVn0aXw4TzE.5k.7', 'a_-.'])('a feed position is read back from its cursor: %s', (place) => {
  expect(readCursor(PREFIX, writeCursor(PREFIX, place))).toBe(place)
})

test('a cursor for other scopes is not valid', () => {
  const cursor = writeCursor(PREFIX, '7')
  for (const scopes of [[PREDICT], [MODEL], [PREDICT, MODEL], []]) {
    expect(readCursor(cursorPrefix(scopes), cursor)).toBeUndefined()
  }
})

test.each(['', '.', '7', PREFIX, ` ${PREFIX}.1`, `.${PREFIX}.1`])(
  'a text that is not a cursor is refused: %j',
  (text) => {
    expect(readCursor(PREFIX, text)).toBeUndefined()
  },
)
