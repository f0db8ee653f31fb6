// Cursors: a place in the changes, seen through one set of scopes, and nothing else.
import type { Scope } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { cursorPrefix, readCursor, writeCursor } from '../../../src/http/public/feed/feed-cursor.ts'

const [MODEL, PREDICT] = ['machinelearning.model', 'machinelearning.predict'] as [Scope, Scope]
const PREFIX = cursorPrefix([MODEL, PREDICT])

test.each(['0', 'lQ2c8yVn0aXw4TzE.5k.7', 'a_-.'])('the place is read from a cursor as it was written: %s', (place) => {
  expect(readCursor(PREFIX, writeCursor(PREFIX, place))).toBe(place)
})

test('of other scopes it is none', () => {
  const cursor = writeCursor(PREFIX, '7')
  for (const scopes of [[PREDICT], [MODEL], [PREDICT, MODEL], []]) {
    expect(readCursor(cursorPrefix(scopes), cursor)).toBeUndefined()
  }
})

test.each(['', '.', '7', PREFIX, ` ${PREFIX}.1`, `.${PREFIX}.1`])(
  'a text that is none is taken for none: %j',
  (text) => {
    expect(readCursor(PREFIX, text)).toBeUndefined()
  },
)
