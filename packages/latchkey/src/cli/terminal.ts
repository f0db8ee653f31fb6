// The environment, standard input, standard output and standard error of a command.
import { createInterface } from 'node:readline'
import { styleText } from 'node:util'
import { allowsColour, type Environment } from '../config/environment.ts'
import { CliFailure, EXIT } from './cli-failure.ts'

export type Colour = 'green' | 'yellow' | 'red' | 'gray'

export interface Terminal {
  readonly env: Environment
  /** Writes a line to standard output, for scripts. */
  readonly data: (text: string) => void
  /** Writes a line to standard error, for operators. */
  readonly remark: (text: string) => void
  /** Marks a heading, if standard output is a terminal that may show colours. */
  readonly heading: (text: string) => string
  /** Colours a text, if standard output is a terminal that may show colours. */
  readonly coloured: (colour: Colour, text: string) => string
  /** True if standard output is a terminal. */
  readonly isScreen: boolean
  /** The width of the screen in characters. Undefined if it is not known. */
  readonly width: number | undefined
  /** Replaces the text that was drawn before. Only for a screen. */
  readonly draw: (lines: readonly string[]) => void
  /** Writes a progress text, which the next progress text overwrites. Undefined if standard error is not a terminal. */
  readonly progress: ((text: string) => void) | undefined
  /** Asks the operator a question and returns the answer. Undefined without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  /** Standard input as bytes. Undefined if it is a terminal. */
  readonly input: AsyncIterable<Uint8Array> | undefined
  /** Aborted when the reader of standard output has closed the pipe. */
  readonly readerGone: AbortSignal
}

export function processTerminal(env: Environment): Terminal {
  const { stdin, stdout, stderr } = process
  const reader = new AbortController()
  // `latchkey watch | head` closes the pipe early. This is not a failure.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        if (stream === stdout) reader.abort()
        return
      }
      // The disk behind `>` may be full. The exit code says that the output is incomplete.
      if (stream === stdout)
        stderr.write(`Cannot write to standard output (${error.code ?? error.message}). The output is incomplete.\n`)
      process.exit(EXIT.failure)
    })
  }
  const isStyled = stdout.isTTY && allowsColour(env)
  return {
    env,
    data: (text) => stdout.write(`${text}\n`),
    remark: (text) => stderr.write(`${text}\n`),
    heading: (text) => (isStyled ? styleText('bold', text, { validateStream: false }) : text),
    coloured: (colour, text) => (isStyled ? styleText(colour, text, { validateStream: false }) : text),
    isScreen: stdout.isTTY,
    // A terminal that does not report its size has the width 0.
    width: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined,
    draw: (lines) => stdout.write(drawing(stdout.rows > 1 ? lines.slice(0, stdout.rows - 1) : lines)),
    progress: stderr.isTTY ? (text) => stderr.write(`\r${text}${REST_OF_LINE}`) : undefined,
    ask: stdin.isTTY && stderr.isTTY ? askPerson : undefined,
    input: stdin.isTTY ? undefined : stdin,
    readerGone: reader.signal,
  }
}

// Control sequences of ECMA-48: go to the first line, clear to the end of the line, clear to the end of the screen.
const HOME = '\u001b[H'
const REST_OF_LINE = '\u001b[K'
const REST_OF_SCREEN = '\u001b[J'
// DEC's auto-wrap mode. While it is off, the terminal cuts wider lines.
const WRAP_OFF = '\u001b[?7l'
const WRAP_ON = '\u001b[?7h'

function drawing(lines: readonly string[]): string {
  const drawn = lines.map((line) => `${line}${REST_OF_LINE}\n`)
  return `${HOME}${WRAP_OFF}${drawn.join('')}${WRAP_ON}${REST_OF_SCREEN}`
}

function askPerson(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve, reject) => {
    // Ctrl+C and Ctrl+D end the reading without an answer.
    reader.once('SIGINT', () => {
      const message = '\nNothing was changed.'
      reject(new CliFailure({ code: 'interrupted', exitCode: EXIT.interrupted, message }))
      reader.close()
    })
    reader.once('close', () => {
      resolve('')
    })
    reader.question(question, (answer) => {
      resolve(answer)
      reader.close()
    })
  })
}

/** Returns the rows as lines with aligned columns. */
export function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const shown = rows.map((row) => row.map(printable))
  const widths = (shown[0] ?? []).map((_, column) => Math.max(...shown.map((row) => row[column]?.length ?? 0)))
  return shown.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Replaces control characters, so that text from other sources cannot control the terminal or imitate another line. */
export const printable = (text: string): string => text.replace(STEERING, '\u{fffd}')

/** Returns the value as JSON with its control characters escaped. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(STEERING, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

// All of these characters are in the basic plane: one escape of four digits is enough.
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu
