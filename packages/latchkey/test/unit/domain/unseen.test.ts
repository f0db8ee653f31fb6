// The characters of a name that are invisible to a reader.
import { describe, expect, test } from 'vitest'
import { hasUnseen } from '../../../src/domain/unseen.ts'

describe('a text is refused if it contains', () => {
  test.each([
    ['NUL', '\0'],
    ['a line feed', '\n'],
    ['a control character of C1', '\u0085'],
    ['a soft hyphen', '\u00ad'],
    ['a combining grapheme joiner', '\u034f'],
    ['an Arabic letter mark', '\u061c'],
    ['a Hangul filler, which Unicode calls a letter', '\u3164'],
    ['a Khmer vowel without a sign', '\u17b4'],
    ['a Mongolian vowel separator', '\u180e'],
    ['a zero-width space', '\u200b'],
    ['a zero-width joiner between letters', '\u200d'],
    ['a right-to-left mark', '\u200f'],
    ['a line separator', '\u2028'],
    ['a right-to-left override', '\u202e'],
    ['a word joiner', '\u2060'],
    ['an invisible plus', '\u2064'],
    ['a direction isolate', '\u2066'],
    ['a Braille pattern without a dot', '\u2800'],
    ['a variation selector after a letter', '\ufe0f'],
    ['a byte order mark', '\ufeff'],
    ['an interlinear annotation', '\ufff9'],
    ['a tag character', '\u{e0041}'],
    ['a lone surrogate', '\ud83d'],
  ])('%s', (_title, character) => {
    for (const text of [character, `Billing${character}sync`, `${character}Billing`]) expect(hasUnseen(text)).toBe(true)
  })

  test('halves of a surrogate pair with an emoji between them', () => {
    expect(hasUnseen('\ud83d\u2764\ufe0f\ude00')).toBe(true)
  })
})

describe('a text is accepted if it contains', () => {
  test.each([
    ['letters of many scripts', 'Ünï 日本語 한국어 العربية עברית ไทย हिन्दी'],
    ['signs', '☃ € ½ – “quoted” <b>'],
    ['an emoji', '😀'],
    ['an emoji with a variation selector', '❤️ and ☎️'],
    ['an emoji of several people, with joiners', '👩‍💻 👨‍👩‍👧‍👦'],
    ['a flag that is spelled in tag characters', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a keycap', '1️⃣'],
    ['a combining accent', 'Cafe\u0301'],
  ])('%s', (_title, text) => {
    expect(hasUnseen(text)).toBe(false)
  })
})
