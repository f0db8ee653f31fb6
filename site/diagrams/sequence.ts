// Reads a sequence diagram in Mermaid's notation, as far as our pages use it.

export type Step =
  | {
      readonly kind: 'message'
      readonly from: string
      readonly to: string
      readonly text: string
      readonly isReply: boolean
    }
  | { readonly kind: 'note'; readonly over: readonly string[]; readonly text: string }
  /** `text` is the condition of a choice, and empty for a shaded part. */
  | { readonly kind: 'begin'; readonly block: 'choice' | 'shade'; readonly text: string }
  | { readonly kind: 'otherwise'; readonly text: string }
  | { readonly kind: 'end' }

export interface Sequence {
  /** The names of the participants by their letters, in their order. */
  readonly participants: ReadonlyMap<string, string>
  readonly steps: readonly Step[]
}

/** Throws on a line that the site cannot draw. */
export function readSequence(lines: readonly string[]): Sequence {
  const participants = new Map<string, string>()
  const steps: Step[] = []
  for (const line of lines) {
    const participant = /^participant (\w+) as (.+)$/.exec(line)
    if (participant === null) steps.push(stepOf(line))
    else participants.set(participant[1] ?? '', participant[2] ?? '')
  }
  return { participants, steps }
}

function stepOf(line: string): Step {
  const message = /^(\w+)(-?->>)(\w+): (.+)$/.exec(line)
  if (message !== null) {
    const [, from = '', arrow, to = '', text = ''] = message
    return { kind: 'message', from, to, text, isReply: arrow === '-->>' }
  }
  const note = /^Note over ([\w,]+): (.+)$/.exec(line)
  if (note !== null) {
    const [, over = '', text = ''] = note
    return { kind: 'note', over: over.split(','), text: text.replaceAll('<br/>', ' ') }
  }
  const [word, ...rest] = line.split(' ')
  const text = rest.join(' ')
  if (word === 'alt') return { kind: 'begin', block: 'choice', text }
  if (word === 'rect') return { kind: 'begin', block: 'shade', text: '' }
  if (word === 'else') return { kind: 'otherwise', text }
  if (word === 'end') return { kind: 'end' }
  throw new Error(`The site cannot draw this line of a sequence diagram: ${line}`)
}
