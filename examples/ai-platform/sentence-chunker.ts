// The chunker named `sentence`: each chunk has a fixed number of sentences, and shares some of them with the previous
// chunk.
import { sentenceSpans, type Span } from './sentences.ts'

export interface ChunkerConfig {
  /** Sentences in a chunk, at least one. */
  readonly chunkSize: number
  /** Sentences that a chunk shares with the one before it; less than `chunkSize`. */
  readonly overlapSize: number
}

export interface Chunk {
  readonly text: string
  readonly span: Span
}

/** Each chunk is one piece of the text, from the start of its first sentence to the end of its last. */
export function chunkBySentence(text: string, { chunkSize, overlapSize }: ChunkerConfig): readonly Chunk[] {
  const sentences = sentenceSpans(text)
  const chunks: Chunk[] = []
  for (let first = 0; first < sentences.length; first += chunkSize - overlapSize) {
    const inside = sentences.slice(first, first + chunkSize)
    const span = { start: inside[0]?.start ?? 0, end: inside.at(-1)?.end ?? 0 }
    chunks.push({ text: text.slice(span.start, span.end), span })
    if (first + chunkSize >= sentences.length) break
  }
  return chunks
}
