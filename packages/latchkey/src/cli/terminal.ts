// What a command has beside its arguments: the environment, and two places for its words.
import { styleText } from 'node:util'
import { allowsColour, type Environment } from '../config/environment.ts'

export interface Terminal {
  readonly env: Environment
  /** Data: what a script would read. */
  readonly data: (text: string) => void
  /** What only a person wants to know. */
  readonly remark: (text: string) => void
  /** Marks a heading when standard output is a terminal that may show colours. */
  readonly heading: (text: string) => string
}

export function processTerminal(env: Environment): Terminal {
  const isStyled = process.stdout.isTTY && allowsColour(env)
  return {
    env,
    data: (text) => process.stdout.write(`${text}\n`),
    remark: (text) => process.stderr.write(`${text}\n`),
    heading: (text) => (isStyled ? styleText('bold', text, { validateStream: false }) : text),
  }
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
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '\u{fffd}')
