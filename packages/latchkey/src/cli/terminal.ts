// What a command has beside its arguments: the environment, standard input, and two places for its words.
import { createInterface } from 'node:readline'
import { styleText } from 'node:util'
import { allowsColour, type Environment } from '../config/environment.ts'
import { CliFailure, EXIT } from './cli-failure.ts'

export interface Terminal {
  readonly env: Environment
  /** Data: what a script would read. */
  readonly data: (text: string) => void
  /** What only a person wants to know. */
  readonly remark: (text: string) => void
  /** Marks a heading when standard output is a terminal that may show colours. */
  readonly heading: (text: string) => string
  /** Whether a person reads standard output. */
  readonly isScreen: boolean
  /** Characters in a line of the screen; undefined where that is not known. */
  readonly width: number | undefined
  /** Takes the place of what was drawn before; only for a screen. */
  readonly draw: (lines: readonly string[]) => void
  /** A remark that the next one overwrites; undefined where nobody would see it move. */
  readonly progress: ((text: string) => void) | undefined
  /** A person's answer; undefined where there is nobody to ask. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  /** All of standard input, as bytes; undefined when it is a keyboard. */
  readonly input: AsyncIterable<Uint8Array> | undefined
  /** Aborted once nobody reads standard output any more. */
  readonly readerGone: AbortSignal
}

export function processTerminal(env: Environment): Terminal {
  const { stdin, stdout, stderr } = process
  const reader = new AbortController()
  // `latchkey watch | head` closes the pipe early; that is no fault.
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        if (stream === stdout) reader.abort()
        return
      }
      // A full disk behind `>`: half of what was to be said passes for all of it, unless the exit code says no.
      if (stream === stdout) stderr.write(`Standard output cannot be written (${error.code ?? error.message}).\n`)
      process.exit(EXIT.failure)
    })
  }
  const isStyled = stdout.isTTY && allowsColour(env)
  return {
    env,
    data: (text) => stdout.write(`${text}\n`),
    remark: (text) => stderr.write(`${text}\n`),
    heading: (text) => (isStyled ? styleText('bold', text, { validateStream: false }) : text),
    isScreen: stdout.isTTY,
    // A terminal that does not know its size says 0.
    width: stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined,
    draw: (lines) => stdout.write(drawing(stdout.rows > 1 ? lines.slice(0, stdout.rows - 1) : lines)),
    progress: stderr.isTTY ? (text) => stderr.write(`\r${text}${REST_OF_LINE}`) : undefined,
    ask: stdin.isTTY && stderr.isTTY ? askPerson : undefined,
    input: stdin.isTTY ? undefined : stdin,
    readerGone: reader.signal,
  }
}

// ECMA-48: to the first line, clear to the end of the line, clear to the end of the screen.
const HOME = '\u001b[H'
const REST_OF_LINE = '\u001b[K'
const REST_OF_SCREEN = '\u001b[J'
// DEC's auto-wrap mode: while it is off, wider lines are cut off.
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

/** Rows as text, every column as wide as its widest cell, without lines or colours. */
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

/** Text from elsewhere, so that it cannot steer the terminal or pass for another line. */
export const printable = (text: string): string => text.replace(STEERING, '\u{fffd}')

/** A value as JSON; on a screen it cannot steer the terminal either. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replace(STEERING, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

// All of them are in the basic plane.
const STEERING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu
