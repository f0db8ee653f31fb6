// Prints tables. On a screen the columns are short and fit the width. With --wide every column is complete. If the
// output is not a screen, tabs separate the values.
import { spoken } from './durations.ts'
import { orDash } from './show.ts'
import { type Colour, printable, type Terminal } from './terminal.ts'

export interface Column<Row> {
  readonly heading: string
  /** The whole value, for scripts and for --wide. */
  readonly value: (row: Row) => string
  /** The short text for a screen: a relative time, or a count for a list. */
  readonly short?: (row: Row) => string
  /** True if a screen shows the column only with --wide. */
  readonly isWide?: true
  /** On a narrow screen a column that is `cut` ends in an ellipsis, and a column that is `kept` is never left out. */
  readonly narrow?: 'cut' | 'kept'
  readonly colour?: (row: Row) => Colour | undefined
}

/** Makes a column of times: exact for scripts and with --wide, relative on a screen. A missing time is a dash. */
export const timeColumn = <Row>(
  heading: string,
  of: (row: Row) => string | null | undefined,
): Pick<Column<Row>, 'heading' | 'value' | 'short'> => ({
  heading,
  value: (row) => orDash(of(row)),
  short: (row) => fromNow(of(row)),
})

export interface TableOptions {
  /** True for --wide: every column, with ids and exact times, on lines that may be longer than the screen. */
  readonly wide?: true | undefined
}

/** The smallest width for a table. A narrower screen gets a record for each row. */
const NARROWEST_TABLE = 60
const SHORTEST_CUT = 8
const GAP = 2

/**
 * Prints rows. If the output is not a screen, prints one line for each row, with a tab between values and without
 * headings.
 */
export function showTable<Row>(
  terminal: Terminal,
  rows: readonly Row[],
  { columns, wide }: TableOptions & { readonly columns: readonly Column<Row>[] },
): void {
  const lines = terminal.isScreen
    ? linesOnScreen(terminal, { columns, rows, isWide: wide === true })
    : rows.map(tabbed(columns))
  for (const line of lines) terminal.data(line)
}

// No value contains a tab, because `printable` replaces every control character.
const tabbed =
  <Row>(columns: readonly Column<Row>[]) =>
  (row: Row): string =>
    columns.map(({ value }) => printable(value(row))).join('\t')

const inFull = <Row>({ heading, value, colour }: Column<Row>): Column<Row> => ({
  ...{ heading, value },
  ...(colour !== undefined && { colour }),
})

function linesOnScreen<Row>(
  terminal: Terminal,
  {
    columns,
    rows,
    isWide,
  }: { readonly columns: readonly Column<Row>[]; readonly rows: readonly Row[]; readonly isWide: boolean },
): readonly string[] {
  if (isWide) return tableLines({ ...terminal, width: undefined }, columns.map(inFull), rows)
  const { width } = terminal
  return width !== undefined && width < NARROWEST_TABLE
    ? records(terminal, columns, rows)
    : tableLines(terminal, columns, rows)
}

/** Returns the lines of a table that fits the screen. */
export function tableLines<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): readonly string[] {
  const cells = columns
    .filter(({ isWide }) => isWide !== true)
    .map((column) => ({
      column,
      texts: rows.map((row) => printable((column.short ?? column.value)(row))),
    }))
  const fitting = fitted(
    cells.map(({ column, texts }) => ({
      ...{ column, texts },
      width: Math.max(column.heading.length, ...texts.map(({ length }) => length)),
    })),
    terminal.width,
  )
  const line = (cell: (index: number) => readonly [text: string, styled: (text: string) => string]): string =>
    fitting
      .map(({ width }, index) => {
        const [text, styled] = cell(index)
        const padded = index === fitting.length - 1 ? '' : ' '.repeat(width - text.length)
        return `${styled(text)}${padded}`
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  const heading = line((index) => [fitting[index]?.column.heading ?? '', terminal.heading])
  const body = rows.map((row, at) =>
    line((index) => {
      const { column, texts, width } = fitting[index] as Fitted<Row>
      const colour = column.colour?.(row)
      return [cut(texts[at] ?? '', width), (text) => (colour === undefined ? text : terminal.coloured(colour, text))]
    }),
  )
  return [heading, ...body]
}

interface Fitted<Row> {
  readonly column: Column<Row>
  readonly texts: readonly string[]
  readonly width: number
}

/** Shortens the widest of the columns that may be cut. If that is not enough, leaves out columns from the right. */
function fitted<Row>(columns: readonly Fitted<Row>[], most: number | undefined): readonly Fitted<Row>[] {
  const excess = (of: readonly Fitted<Row>[]): number =>
    most === undefined ? 0 : of.reduce((sum, { width }) => sum + width + GAP, -GAP) - most
  let left = [...columns]
  while (excess(left) > 0) {
    const widest = left
      .filter(({ column, width }) => column.narrow === 'cut' && width > Math.max(SHORTEST_CUT, column.heading.length))
      .sort((one, other) => other.width - one.width)[0]
    const last = left.findLast(({ column }) => column.narrow === undefined)
    if (widest !== undefined) left = left.map((each) => (each === widest ? { ...each, width: each.width - 1 } : each))
    else if (last !== undefined) left = left.filter((each) => each !== last)
    else break
  }
  return left
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text
  // Splits the text by characters, because a character outside the basic plane is two code units.
  return `${text.slice(0, width - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** Returns one line for each heading with its value, and an empty line between rows. */
function records<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  const shown = columns.filter(({ isWide }) => isWide !== true)
  const margin = Math.max(...shown.map(({ heading }) => heading.length)) + GAP
  return rows.flatMap((row, index) => {
    const lines = shown.map(
      ({ heading, value, short }) => `${terminal.heading(heading.padEnd(margin))}${printable((short ?? value)(row))}`,
    )
    return index === 0 ? lines : ['', ...lines]
  })
}

/** Returns how long ago a time was, or how long it is until then, in the largest unit: `3m ago`, `in 2d`. */
export function fromNow(time: string | null | undefined): string {
  if (time === null || time === undefined) return '-'
  const seconds = (Date.parse(time) - Date.now()) / 1000
  const [largest = '0s'] = spoken(Math.abs(seconds)).split(' ')
  return seconds > 0 ? `in ${largest}` : `${largest} ago`
}

/** Returns the first entry of a list and the number of the others: `machinelearning.predict +1`. */
export const firstOf = ([first, ...others]: readonly string[]): string =>
  first === undefined ? '-' : others.length === 0 ? first : `${first} +${String(others.length)}`
