// The sentence chunker: sentences, spans, overlap.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkBySentence } from '../sentence-chunker.ts'

const TEXT = 'The key is new.  The old one is over! Who replaced it? Nobody knows.'

test('each chunk has the requested number of sentences, and the last chunk has the remaining sentences', () => {
  expect(chunkBySentence(TEXT, { chunkSize: 3, overlapSize: 0 })).toEqual([
    { text: 'The key is new.  The old one is over! Who replaced it?', span: { start: 0, end: 54 } },
    { text: 'Nobody knows.', span: { start: 55, end: 68 } },
  ])
})

test('overlapping chunks share their sentences', () => {
  const chunks = chunkBySentence(TEXT, { chunkSize: 2, overlapSize: 1 })
  expect(chunks.map(({ text }) => text)).toEqual([
    'The key is new.  The old one is over!',
    'The old one is over! Who replaced it?',
    'Who replaced it? Nobody knows.',
  ])
})

test('a text without a sentence has no chunk', () => {
  expect(chunkBySentence(' \n ', { chunkSize: 5, overlapSize: 1 })).toEqual([])
})

test('the span of every chunk is its position in the text, and no letter of the text is left out', () => {
  const sizes = fc
    .integer({ min: 1, max: 6 })
    .chain((chunkSize) =>
      fc.record({ chunkSize: fc.constant(chunkSize), overlapSize: fc.integer({ min: 0, max: chunkSize - 1 }) }),
    )
  const words = fc.array(fc.constantFrom('one', 'two.', 'three! ', '  four?', 'Five', '\n', '“six.”', '漢字。', '👩‍🚀'), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(words, sizes, (pieces, config) => {
      const text = pieces.join(' ')
      const chunks = chunkBySentence(text, config)
      for (const { text: chunk, span } of chunks) expect(text.slice(span.start, span.end)).toBe(chunk)
      const covered = new Set(chunks.flatMap(({ span }) => range(span.start, span.end)))
      const left = range(0, text.length).filter((index) => !covered.has(index) && (text[index] ?? '').trim() !== '')
      expect(left).toEqual([])
    }),
  )
})

const range = (start: number, end: number): readonly number[] =>
  Array.from({ length: end - start }, (_, index) => start + index)
