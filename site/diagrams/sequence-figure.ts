// Draws a sequence diagram: a lane for each participant, and the steps from top to bottom.
import { arrowHead, figure, label, LINE_HEIGHT, textWidth, wrapped } from './drawing.ts'
import { readSequence, type Step } from './sequence.ts'
import { sequenceWords } from './sequence-words.ts'

const WIDTH = 784
const MARGIN = 62
const HEAD = { width: 116, height: 46 }
const LOOP = 22

interface Frame {
  readonly block: 'choice' | 'shade'
  readonly text: string
  readonly top: number
  readonly dividers: number[]
  /** From the leftmost to the rightmost point of what the frame holds. */
  left: number
  right: number
}

export function sequenceFigure(lines: readonly string[]): string {
  const sequence = readSequence(lines)
  const letters = [...sequence.participants.keys()]
  const gap = Math.min(220, (WIDTH - 2 * MARGIN) / (letters.length - 1))
  const laneOf = (letter: string): number => letters.indexOf(letter)
  const xOf = (lane: number): number => MARGIN + lane * gap
  const width = 2 * MARGIN + gap * (letters.length - 1)

  const shapes: string[] = []
  const frames: string[] = []
  const open: Frame[] = []
  let y = HEAD.height + 20

  const hold = (...points: readonly number[]): void => {
    for (const frame of open) {
      frame.left = Math.min(frame.left, ...points)
      frame.right = Math.max(frame.right, ...points)
    }
  }

  // Labels cover the lanes behind them, with the colour of what is below.
  const ofLabel = (): string => (open.some(({ block }) => block === 'shade') ? 'label shaded' : 'label')

  const drawMessage = (from: number, to: number, text: string, isReply: boolean): void => {
    hold(xOf(from), xOf(to))
    const span = Math.abs(xOf(to) - xOf(from))
    const side = Math.sign(to - from)
    const words = wrapped(text, span - 20)
    shapes.push(label({ x: (xOf(from) + xOf(to)) / 2, y, lines: words, kind: ofLabel() }))
    y += words.length * LINE_HEIGHT
    const ends = `x1="${String(xOf(from))}" x2="${String(xOf(to) - side)}" y1="${String(y)}" y2="${String(y)}"`
    shapes.push(`<line class="${isReply ? 'reply' : 'message'}" ${ends}/>`, arrowHead(xOf(to), y, { dx: side }))
    y += 20
  }

  const drawOwnStep = (lane: number, text: string): void => {
    // The last lane has room on its left alone.
    const side = lane === letters.length - 1 ? -1 : 1
    const words = wrapped(text, Math.min(2 * gap, side === 1 ? width - xOf(lane) : xOf(lane)) - LOOP - 24)
    const height = Math.max(LINE_HEIGHT, words.length * LINE_HEIGHT)
    const [x, out] = [xOf(lane), xOf(lane) + side * LOOP]
    hold(x, out + side * (8 + Math.max(...words.map(textWidth))))
    const path = `M${String(x)},${String(y)} H${String(out)} V${String(y + height)} H${String(x + side)}`
    shapes.push(`<path class="message" d="${path}"/>`, arrowHead(x, y + height, { dx: -side }))
    const middle = y + height / 2 - ((words.length - 1) * LINE_HEIGHT) / 2
    shapes.push(
      label({ x: out + side * 8, y: middle, lines: words, anchor: side === 1 ? 'start' : 'end', kind: ofLabel() }),
    )
    y += height + 20
  }

  const drawNote = (lanes: readonly number[], text: string): void => {
    const [first, last] = [Math.min(...lanes), Math.max(...lanes)]
    const middle = (xOf(first) + xOf(last)) / 2
    const room = first === last ? 2 * MARGIN + gap : xOf(last) - xOf(first) + HEAD.width
    const words = wrapped(text, room - 24)
    const wide = Math.max(...words.map(textWidth)) + 24
    const left = Math.max(2, Math.min(middle - wide / 2, width - wide - 2))
    const height = words.length * LINE_HEIGHT + 12
    hold(left, left + wide)
    shapes.push(box('note', left, y - 8, wide, height))
    shapes.push(label({ x: left + wide / 2, y: y + 6, lines: words, kind: 'plain' }))
    y += height + 14
  }

  const end = ({ block, text, top, dividers, ...held }: Frame): void => {
    const left = Math.max(2, held.left - 40)
    const right = Math.min(width - 2, held.right + 16)
    hold(left, right)
    frames.push(box(block, left, top, right - left, y - top - 2))
    if (block === 'choice') {
      shapes.push(label({ x: left + 8, y: top + 12, lines: [`if ${text}`], anchor: 'start', kind: 'condition' }))
      for (const at of dividers) {
        shapes.push(
          `<line class="divider" x1="${String(left)}" x2="${String(right)}" y1="${String(at)}" y2="${String(at)}"/>`,
        )
        shapes.push(label({ x: left + 8, y: at + 12, lines: ['otherwise'], anchor: 'start', kind: 'condition' }))
      }
    }
    y += 16
  }

  const draw = (step: Step): void => {
    if (step.kind === 'note') drawNote(step.over.map(laneOf), step.text)
    else if (step.kind === 'message') {
      const [from, to] = [laneOf(step.from), laneOf(step.to)]
      if (from === to) drawOwnStep(from, step.text)
      else drawMessage(from, to, step.text, step.isReply)
    } else if (step.kind === 'begin') {
      open.push({ block: step.block, text: step.text, top: y - 8, dividers: [], left: width, right: 0 })
      y += step.block === 'choice' ? 24 : 8
    } else if (step.kind === 'otherwise') {
      open.at(-1)?.dividers.push(y - 6)
      y += 26
    } else {
      const frame = open.pop()
      if (frame !== undefined) end(frame)
    }
  }
  for (const step of sequence.steps) draw(step)

  const height = y + 4
  const names = [...sequence.participants.values()]
  const lanes = names.map((name, lane) => {
    const words = wrapped(name, HEAD.width - 12)
    const middle = HEAD.height / 2 - ((words.length - 1) * LINE_HEIGHT) / 2
    const line = `<line class="lane" x1="${String(xOf(lane))}" x2="${String(xOf(lane))}" y1="${String(HEAD.height)}" y2="${String(height)}"/>`
    const head = box('box', xOf(lane) - HEAD.width / 2, 1, HEAD.width, HEAD.height - 2)
    return line + head + label({ x: xOf(lane), y: middle, lines: words, kind: 'name' })
  })
  return figure({
    name: `Sequence diagram of ${names.join(', ')}`,
    ...{ width, height },
    shapes: [...frames, ...lanes, ...shapes].join('\n'),
    words: sequenceWords(sequence),
  })
}

const box = (kind: string, x: number, y: number, width: number, height: number): string =>
  `<rect class="${kind}" x="${String(x)}" y="${String(y)}" width="${String(width)}" height="${String(height)}" rx="6"/>`
