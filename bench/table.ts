// Plain-text tables.

export interface Column {
  readonly heading: string
  readonly align: 'left' | 'right'
}

/** Returns the lines of a table, without line breaks. Each column is as wide as its widest cell. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = columns.map(({ heading }, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => {
        const [cell, width] = [cells[i] ?? '', widths[i] ?? 0]
        return align === 'left' ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  ')
      .trimEnd()
  return [line(columns.map(({ heading }) => heading)), ...rows.map(line)]
}

/** Formats a number with its thousands separated: 12345.6 becomes `12,346`. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

/** Formats a number with at most three significant digits: `0.21`, `4.62`, `38.1`. */
export const milliseconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1)
