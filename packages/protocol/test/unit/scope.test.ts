// The scope parameter: one scope-token of RFC 6749 §3.3, or the reason why it is not.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isScope, parseScope } from '../../src/scope.ts'

describe('a scope parameter', () => {
  test.each(['machinelearning.predict', 'a', '!', '#$%&[]^~', 'a'.repeat(128)])(
    'with one token is that scope: %s',
    (text) => {
      expect(parseScope(text)).toBe(text)
      expect(isScope(text)).toBe(true)
    },
  )

  test.each([undefined, ''])('that is absent or empty counts as omitted', (parameter) => {
    expect(parseScope(parameter)).toBe('missing')
  })

  test.each(['a b', 'a b c', 'machinelearning.predict machinelearning.predict'])(
    'with more than one scope name is reported as several scopes, even if one name occurs twice: %s',
    (text) => {
      expect(parseScope(text)).toBe('several')
      expect(isScope(text)).toBe(false)
    },
  )

  test.each([
    ' a',
    'a ',
    ' ',
    'a  b',
    'a\tb',
    'a\n',
    'a"b',
    'a\\b',
    'é',
    'a\u00a0b',
    'a\u0000',
    '\u007f',
    'a'.repeat(129),
  ])('with a misplaced space, a forbidden character or over 128 characters is malformed: %j', (text) => {
    expect(parseScope(text)).toBe('malformed')
    expect(isScope(text)).toBe(false)
  })

  test('keeps its case and its commas', () => {
    expect(parseScope('A.b,c')).toBe('A.b,c')
  })

  test('is one scope exactly if it is 1 to 128 printable ASCII characters without space, quotation mark and backslash', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(' ', '"', '\\', 'a', '.'),
        fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 6,
    })
    fc.assert(
      fc.property(text, (candidate) => {
        const codes = Array.from(candidate, (character) => character.charCodeAt(0))
        const allowed = codes.every((code) => code > 0x20 && code < 0x7f && code !== 0x22 && code !== 0x5c)
        expect(isScope(candidate)).toBe(allowed && candidate !== '')
        expect(parseScope(candidate) === candidate).toBe(allowed && candidate !== '')
      }),
    )
  })
})
