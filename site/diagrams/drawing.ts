// The parts that all drawings share. Their colours are in the style sheet, so they follow the colour scheme.
import { escaped } from '../../packages/latchkey/src/http/admin/documents/html.ts'

export const LINE_HEIGHT = 16
const CHARACTER_WIDTH = 7

export const textWidth = (text: string): number => text.length * CHARACTER_WIDTH

/** Divides a text into lines that fit into `width` pixels. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trim()
    if (lines.length > 0 && textWidth(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

interface Label {
  readonly x: number
  /** The middle of the first line. */
  readonly y: number
  readonly lines: readonly string[]
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly kind?: string
}

export const label = ({ x, y, lines, anchor = 'middle', kind = 'label' }: Label): string =>
  lines
    .map((line, index) => {
      const at = `x="${String(x)}" y="${String(y + index * LINE_HEIGHT + 4)}"`
      return `<text class="${kind}" ${at} text-anchor="${anchor}">${escaped(line)}</text>`
    })
    .join('')

/** The head of an arrow that points along the x axis (`dx`) or the y axis (`dy`). */
export function arrowHead(x: number, y: number, { dx = 0, dy = 0 }: { dx?: number; dy?: number }): string {
  const back = { x: x - dx * 8, y: y - dy * 8 }
  const sides = [1, -1].map((side) => `${String(back.x + side * dy * 4)},${String(back.y + side * dx * 4)}`)
  return `<polygon class="head" points="${String(x)},${String(y)} ${sides.join(' ')}"/>`
}

interface Drawing {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly shapes: string
  /** The same in words, as HTML. */
  readonly words: string
}

export function figure({ name, width, height, shapes, words }: Drawing): string {
  const size = `viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}"`
  return `<figure class="diagram">
<div class="scroll" role="group" aria-label="Diagram" tabindex="0"><svg ${size} role="img" aria-label="${escaped(name)}. The text below says the same.">${shapes}</svg></div>
<details><summary>The diagram in words</summary>${words}</details>
</figure>
`
}
