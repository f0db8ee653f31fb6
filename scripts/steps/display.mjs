// Shows the progress of the steps: redraws lines in a terminal, or writes a line at intervals into a pipe or a file.
import { styleText } from 'node:util'
import { cutToWidth, progressLine } from './progress-line.mjs'

/** @typedef {import('./progress-line.mjs').StepState} StepState */

/**
 * @typedef {object} View
 * @property {readonly StepState[]} running
 * @property {readonly string[]} waiting the names of the steps that have not begun
 */

/**
 * @typedef {object} Display
 * @property {(step: StepState) => void} began
 * @property {(step: StepState) => void} ended
 * @property {(text: string) => void} print prints a text that stays
 * @property {() => void} tick shows how far the running steps are
 * @property {() => void} close removes what does not stay
 */

/** @typedef {Pick<import('node:tty').WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>} Screen */

const TERMINAL_TICK_MS = 200
const PIPE_TICK_MS = 15_000

/** @param {import('node:tty').WriteStream} stream @param {() => View} look @returns {Display} */
export function openDisplay(stream, look) {
  const movable = stream.isTTY && process.env['TERM'] !== 'dumb'
  const display = movable ? terminalDisplay(stream, look) : plainDisplay(stream, look)
  const timer = setInterval(display.tick, movable ? TERMINAL_TICK_MS : PIPE_TICK_MS)
  const close = () => {
    clearInterval(timer)
    display.close()
  }
  return { ...display, close }
}

/**
 * Writes a line when a step begins, one for each running step at each tick, and one when a step ends.
 * @param {Pick<Screen, 'write'>} stream @param {() => View} look @returns {Display}
 */
export function plainDisplay(stream, look) {
  const print = (/** @type {string} */ text) => void stream.write(`${text}\n`)
  const show = (/** @type {StepState} */ step) => print(progressLine(step))
  return { began: show, ended: show, print, tick: () => look().running.forEach(show), close: () => undefined }
}

/**
 * Keeps one line for each running step below all other output, and redraws these lines at each tick.
 * @param {Screen} stream @param {() => View} look @returns {Display}
 */
export function terminalDisplay(stream, look) {
  let drawn = 0
  const clear = () => {
    if (drawn > 0) stream.write(`\r\u001B[${drawn}A\u001B[0J`)
    drawn = 0
  }
  const draw = () => {
    clear()
    const { running, waiting } = look()
    const lines = running.map(progressLine)
    if (waiting.length > 0) lines.push(`then ${waiting.join(', ')}`)
    // The last column and the last row stay empty. Otherwise the terminal would wrap or scroll, and the next redraw
    // would miss the lines.
    const shown = lines.slice(0, Math.max(1, stream.rows - 1)).map((line) => cutToWidth(line, stream.columns - 1))
    for (const line of shown) stream.write(`${painted(line)}\n`)
    drawn = shown.length
  }
  const print = (/** @type {string} */ text) => {
    clear()
    stream.write(`${painted(text)}\n`)
    draw()
  }
  return {
    began: draw,
    ended: (step) => print(cutToWidth(progressLine(step), stream.columns - 1)),
    print,
    tick: draw,
    close: clear,
  }
}

/** @type {readonly (readonly [string, Parameters<typeof styleText>[0]])[]} */
const COLOURS = [
  ['ok  ', 'green'],
  ['FAIL', 'red'],
  ['run ', 'cyan'],
  ['stop', 'yellow'],
  ['then', 'dim'],
]

/** Colours the first word, unless the environment asks for no colours. @param {string} line */
function painted(line) {
  const colour = COLOURS.find(([word]) => line.startsWith(word))?.[1]
  return colour === undefined ? line : `${styleText(colour, line.slice(0, 4))}${line.slice(4)}`
}
