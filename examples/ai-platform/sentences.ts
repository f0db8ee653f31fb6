// Splits a text into sentences with their positions.

/** Offsets in UTF-16 code units, the end not included: `text.slice(start, end)` is the piece. */
export interface Span {
  readonly start: number
  readonly end: number
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' })

/** Splits by the rules of Unicode (UAX 29), and leaves out the white space around each sentence. */
export function sentenceSpans(text: string): readonly Span[] {
  const spans: Span[] = []
  for (const { segment, index } of segmenter.segment(text)) {
    const trimmed = segment.trim()
    if (trimmed === '') continue
    const start = index + segment.indexOf(trimmed)
    spans.push({ start, end: start + trimmed.length })
  }
  return spans
}
