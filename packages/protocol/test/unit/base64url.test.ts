// The decoder of base64url accepts exactly what Node's encoder writes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64url } from '../../src/base64url.ts'

const SEED = 20_261_201

/**
 * The expected result by Node's decoder, which skips invalid characters. A text is strict only if encoding its bytes
 * gives the same text again.
 */
function byNode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

test('encoded bytes are read back, at any position in a text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.string(), fc.string(), (bytes, before, after) => {
      const text = Buffer.from(bytes).toString('base64url')
      const from = Buffer.byteLength(before)
      expect(decodeBase64url(Buffer.from(before + text + after), from, from + text.length)).toEqual(Buffer.from(bytes))
    }),
    { seed: SEED, numRuns: 2000 },
  )
})

test('a text is refused if encoding its bytes gives another text', () => {
  const character = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '+',
        '/',
        '=',
        '.',
        ' ',
        '\n',
        '\0',
        '\x7f',
        '\x80',
        'Á',
        'ā',
        '\u0141',
        '\ud83d',
        '\uff21',
      ),
    },
  )
  const texts = fc.array(character, { maxLength: 12 }).map((characters) => characters.join(''))
  let refused = 0
  fc.assert(
    fc.property(texts, (text) => {
      const expected = byNode(text)
      if (expected === undefined) refused += 1
      const bytes = Buffer.from(text)
      expect(decodeBase64url(bytes, 0, bytes.length)).toEqual(expected)
    }),
    { seed: SEED, numRuns: 20_000 },
  )
  expect(refused).toBeGreaterThan(1000)
})
