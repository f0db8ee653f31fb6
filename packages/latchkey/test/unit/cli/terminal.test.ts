// Text for terminals: aligned columns without control characters.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aligned, jsonText, printable } from '../../../src/cli/terminal.ts'

test('columns are as wide as their widest cell', () => {
  expect(
    aligned([
      ['NAME', 'ID'],
      ['Billing sync', 'int_1'],
    ]),
  ).toEqual(['NAME          ID', 'Billing sync  int_1'])
})

test('no text in a cell adds a line or colours the terminal', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))), (rows) => {
      const lines = aligned(rows)
      expect(lines).toHaveLength(rows.length)
      for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
    }),
  )
})

test('ordinary text is left as it is', () => {
  expect(printable('Ünï ☃ 日本語 😀')).toBe('Ünï ☃ 日本語 😀')
})

test('JSON keeps its value and contains no control characters', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
      for (const text of [jsonText(value), jsonText(value, 2)]) {
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }
    }),
  )
})
