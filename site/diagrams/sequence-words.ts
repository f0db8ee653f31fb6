// A sequence diagram as a list of its steps.
import { escaped } from '../../packages/latchkey/src/http/admin/documents/html.ts'
import type { Sequence } from './sequence.ts'

export function sequenceWords({ participants, steps }: Sequence): string {
  const name = (letter: string): string => participants.get(letter) ?? letter
  let list = '<ol>'
  const open: ('choice' | 'shade')[] = []
  for (const step of steps) {
    if (step.kind === 'message') {
      const { from, to, text } = step
      const who = from === to ? name(from) : `${name(from)} → ${name(to)}`
      list += `<li><b>${escaped(who)}:</b> ${escaped(text)}</li>`
    } else if (step.kind === 'note') list += `<li>${escaped(capital(step.text))}</li>`
    else if (step.kind === 'begin') {
      open.push(step.block)
      if (step.block === 'choice') list += `<li>If ${escaped(step.text)}:<ol>`
    } else if (step.kind === 'otherwise') list += '</ol></li><li>Otherwise:<ol>'
    else if (open.pop() === 'choice') list += '</ol></li>'
  }
  return `${list}</ol>`
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
