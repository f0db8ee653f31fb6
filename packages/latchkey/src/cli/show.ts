// Prints results: columns on a screen, lines with tabs elsewhere, or one JSON document with --json.
import { aligned, jsonText, printable, type Terminal } from './terminal.ts'

export interface Shown {
  readonly json?: true
}

/** Prints the one document of --json. */
export const showJson = (terminal: Terminal, document: unknown): void => {
  terminal.data(jsonText(document, 2))
}

/**
 * Prints rows. On a screen: columns under headings, or a record for each row if the columns do not fit. Elsewhere: one
 * line for each row, with a tab between cells and without headings.
 */
export function showTable(terminal: Terminal, headings: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of terminal.isScreen ? fitting(terminal, headings, rows) : rows.map(tabbed)) terminal.data(line)
}

function fitting(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const { width } = terminal
  const fits = width === undefined || aligned([headings, ...rows]).every((line) => line.length <= width)
  return fits ? table(terminal, headings, rows) : records(terminal, headings, rows)
}

/** Returns a line for each heading and cell, with an empty line between rows. */
function records(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const margin = Math.max(...headings.map(({ length }) => length)) + 2
  return rows.flatMap((row, index) => {
    const lines = headings.map(
      (heading, column) => `${terminal.heading(heading.padEnd(margin))}${printable(row[column] ?? '')}`,
    )
    return index === 0 ? lines : ['', ...lines]
  })
}

/** Returns the lines of a table on a screen. */
export function table(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const [first = '', ...lines] = aligned([headings, ...rows])
  return [terminal.heading(first), ...lines]
}

/** Prints one name and one value on each line. */
export function showFacts(terminal: Terminal, facts: readonly (readonly [string, string])[]): void {
  for (const line of terminal.isScreen ? aligned(facts) : facts.map(tabbed)) terminal.data(line)
}

// `printable` replaces every control character, so no cell contains a tab.
const tabbed = (cells: readonly string[]): string => cells.map(printable).join('\t')

/** Prints what was done: a sentence on standard error, or the JSON document. */
export function showDone(
  terminal: Terminal,
  { json }: Shown,
  { document, said }: { readonly document: unknown; readonly said: string },
): void {
  if (json === true) showJson(terminal, document)
  else terminal.remark(said)
}

export const quoted = (name: string): string => `"${printable(name)}"`

/** Returns the text, or a dash if there is none. */
export const orDash = (text: string | null | undefined): string =>
  text === null || text === undefined || text === '' ? '-' : text
