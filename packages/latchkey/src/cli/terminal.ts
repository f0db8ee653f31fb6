// Where a command's words go: its data to standard output, everything else to standard error.
import { styleText } from 'node:util'
import { allowsColour, type Environment } from '../config/environment.ts'

export interface Terminal {
  /** Data: what a script would read. */
  readonly data: (text: string) => void
  /** What only a person wants to know. */
  readonly remark: (text: string) => void
  /** Marks a heading when standard output is a terminal that may show colours. */
  readonly heading: (text: string) => string
  readonly dim: (text: string) => string
}

export function processTerminal(env: Environment): Terminal {
  const isStyled = process.stdout.isTTY && allowsColour(env)
  const styled = (format: 'bold' | 'dim') => (text: string) =>
    isStyled ? styleText(format, text, { validateStream: false }) : text
  return {
    data: (text) => process.stdout.write(`${text}\n`),
    remark: (text) => process.stderr.write(`${text}\n`),
    heading: styled('bold'),
    dim: styled('dim'),
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
