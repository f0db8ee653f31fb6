// Replacements for models: a few plain computations on the text, without training.
import { sentenceSpans } from './sentences.ts'

export interface UseCase {
  readonly name: string
  readonly description: string
  readonly answer: (text: string) => string
}

export const MODEL_ID = 'sandbox-1'

export const USE_CASES: readonly UseCase[] = [
  {
    name: 'passthrough',
    description: 'Gives the text back as it came',
    answer: (text) => text,
  },
  {
    name: 'summarization',
    description: 'Gives the first sentence of the text',
    answer: (text) => {
      const [first] = sentenceSpans(text)
      return first === undefined ? '' : text.slice(first.start, first.end)
    },
  },
  {
    name: 'keyword-extraction',
    description: 'Gives the three words of five letters or more that stand in the text most often',
    answer: (text) => frequentWords(text, 3).join(', '),
  },
]

/**
 * Returns the words in lower case. If two words are equally frequent, the one that is earlier in the text comes first.
 */
function frequentWords(text: string, most: number): readonly string[] {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/\p{L}{5,}/gu)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, most)
    .map(([word]) => word)
}

/** Words and punctuation marks: a stand-in for a model's own vocabulary. */
export const tokensOf = (text: string): readonly string[] => text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []
