// Cursors: a place in one log, seen through one set of scopes, and nothing else.
import type { Scope } from '@latchkey/protocol'
import { expect, test } from 'vitest'
import { cursorPrefix, readCursor, writeCursor } from '../../../src/http/public/feed/feed-cursor.ts'

const [MODEL, PREDICT] = ['machinelearning.model', 'machinelearning.predict'] as [Scope, Scope]
const PREFIX = cursorPrefix('log-1', [MODEL, PREDICT])

test.each([0, 1, 35, 36, 131_072, 2 ** 40])('a cursor is read as it was written: %i', (position) => {
  expect(readCursor(PREFIX, writeCursor(PREFIX, position))).toBe(position)
})

test('of another log, or other scopes, it is none', () => {
  const cursor = writeCursor(PREFIX, 7)
  for (const prefix of [cursorPrefix('log-2', [MODEL, PREDICT]), cursorPrefix('log-1', [PREDICT])]) {
    expect(readCursor(prefix, cursor)).toBeUndefined()
  }
})

test.each([
  '',
  '.',
  '7',
  PREFIX,
  `${PREFIX}.`,
  `${PREFIX}.-1`,
  `${PREFIX}.1.1`,
  ` ${PREFIX}.1`,
  `${PREFIX}.${'z'.repeat(11)}`,
  `${PREFIX}.A`,
])('a text that is none is taken for none: %j', (text) => {
  expect(readCursor(PREFIX, text)).toBeUndefined()
})
