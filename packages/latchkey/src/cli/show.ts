// How commands show what they found: columns for a person, tabs for a program, or the one JSON document of --json.
import { aligned, jsonText, printable, type Terminal } from './terminal.ts'

export interface Shown {
  readonly json?: true
}

/** The one document of --json. */
export const showJson = (terminal: Terminal, document: unknown): void => {
  terminal.data(jsonText(document, 2))
}

/**
 * On a screen, columns under headings, or a record for each row where the columns would not fit; elsewhere one line a
 * row, with a tab between cells and no headings.
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

/** Under each heading what the row has of it, with an empty line between rows. */
function records(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const margin = Math.max(...headings.map(({ length }) => length)) + 2
  return rows.flatMap((row, index) => {
    const lines = headings.map((heading, column) => `${terminal.heading(heading.padEnd(margin))}${printable(row[column] ?? '')}`) // prettier-ignore
    return index === 0 ? lines : ['', ...lines]
  })
}

/** The lines of a table on a screen. */
export function table(
  terminal: Terminal,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const [first = '', ...lines] = aligned([headings, ...rows])
  return [terminal.heading(first), ...lines]
}

/** One thing's facts: name and value on a line each, as in a table. */
export function showFacts(terminal: Terminal, facts: readonly (readonly [string, string])[]): void {
  for (const line of terminal.isScreen ? aligned(facts) : facts.map(tabbed)) terminal.data(line)
}

// No cell holds a tab: `printable` takes every control character out.
const tabbed = (cells: readonly string[]): string => cells.map(printable).join('\t')

/** What was done: said to a person, or the JSON document. */
export function showDone(terminal: Terminal, { json }: Shown, document: unknown, said: string): void {
  if (json === true) showJson(terminal, document)
  else terminal.remark(said)
}

export const quoted = (name: string): string => `"${printable(name)}"`

/** A cell for a value that may not be there. */
export const orDash = (text: string | null | undefined): string =>
  text === null || text === undefined || text === '' ? '-' : text
