// Tables on terminals of several widths, and in a pipe.
import { expect, test } from 'vitest'
import { type Column, fromNow, showTable } from '../../../src/cli/table.ts'
import { latchkey } from '../../run-command.ts'

const SETTINGS = ['config', 'print', '--origin']

interface Row {
  readonly name: string
  readonly id: string
  readonly note: string
}

const COLUMNS: readonly Column<Row>[] = [
  { heading: 'NAME', value: ({ name }) => name, narrow: 'cut' },
  { heading: 'ID', value: ({ id }) => id, narrow: 'kept' },
  { heading: 'SECRETS', value: () => '2' },
  { heading: 'NOTE', value: ({ note }) => note, isWide: true },
]

const ROWS = [
  { name: 'Billing sync of the European region, at night', id: 'lk0123456789abcd', note: 'first' },
  { name: 'Short', id: 'lk9876543210abcd', note: 'second' },
]

/** The printed text. A coloured text is written as `<red:text>`. */
function shown(
  width: number | undefined,
  options: { readonly wide?: true; readonly columns?: readonly Column<Row>[]; readonly isScreen?: boolean } = {},
): readonly string[] {
  const lines: string[] = []
  showTable(
    {
      env: {},
      data: (line) => lines.push(line),
      remark: () => undefined,
      heading: (text) => text,
      coloured: (colour, text) => `<${colour}:${text}>`,
      isScreen: options.isScreen ?? true,
      width,
      draw: () => undefined,
      progress: undefined,
      ask: undefined,
      input: undefined,
      readerGone: new AbortController().signal,
    },
    ROWS,
    { columns: options.columns ?? COLUMNS, wide: options.wide },
  )
  return lines
}

test('a table that fits has every short column, each as wide as its widest text', () => {
  expect(shown(100)).toEqual([
    'NAME                                           ID                SECRETS',
    'Billing sync of the European region, at night  lk0123456789abcd  2',
    'Short                                          lk9876543210abcd  2',
  ])
  expect(shown(undefined)).toEqual(shown(100))
})

test('on a narrower screen a long name ends in an ellipsis, and no line is wider than the screen', () => {
  expect(shown(60)).toEqual([
    'NAME                               ID                SECRETS',
    'Billing sync of the European reg…  lk0123456789abcd  2',
    'Short                              lk9876543210abcd  2',
  ])
  for (const line of shown(60)) expect(line.length).toBeLessThanOrEqual(60)
})

test('if shortening texts is not enough, columns are left out from the right, except the columns that must stay', () => {
  const long = 'x'.repeat(45)
  const columns: readonly Column<Row>[] = [
    { heading: 'NAME', value: ({ name }) => name, narrow: 'cut' },
    { heading: 'FIRST', value: () => long },
    { heading: 'TIME LEFT', value: () => '59m 12s', narrow: 'kept' },
    { heading: 'LAST', value: () => long },
  ]
  expect(shown(70, { columns })[0]).toMatch(/^NAME +FIRST +TIME LEFT$/)
  expect(shown(60, { columns })[0]).toMatch(/^NAME +TIME LEFT$/)
})

test('--wide shows every column in full, on any screen', () => {
  expect(shown(60, { wide: true })[1]).toBe(
    'Billing sync of the European region, at night  lk0123456789abcd  2        first',
  )
})

test('below 60 columns each row becomes a record', () => {
  expect(shown(59).slice(0, 5)).toEqual([
    'NAME     Billing sync of the European region, at night',
    'ID       lk0123456789abcd',
    'SECRETS  2',
    '',
    'NAME     Short',
  ])
})

test('the columns after a coloured text stay aligned', () => {
  const [name, ...others] = COLUMNS as [Column<Row>, ...Column<Row>[]]
  const columns: readonly Column<Row>[] = [
    { ...name, colour: ({ note }) => (note === 'second' ? 'red' : undefined) },
    ...others,
  ]
  const [, , second = ''] = shown(100, { columns })
  expect(second.replace('<red:', '').replace('>', '')).toBe(shown(100)[2])
})

test('without a screen each row is one line with all values in full, whatever the width is', () => {
  expect(shown(40, { isScreen: false })[0]).toBe(
    'Billing sync of the European region, at night\tlk0123456789abcd\t2\tfirst',
  )
})

test('a character of two UTF-16 code units is never cut in half', () => {
  const columns: readonly Column<Row>[] = [
    { heading: 'NAME', value: () => '😀'.repeat(40), narrow: 'cut' },
    { heading: 'ID', value: ({ id }) => id, narrow: 'kept' },
  ]
  for (const width of [60, 61])
    expect(shown(width, { columns }).join('')).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
})

test('a time is shown in its largest unit', () => {
  const at = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString()
  expect([at(-3 * 60 - 5), at(-90_000), at(2 * 86_400 + 60), null].map(fromNow)).toEqual([
    '3m ago',
    '1d ago',
    'in 2d',
    '-',
  ])
})

test('the settings are a table at 80 columns', async () => {
  const { stdout } = await latchkey(SETTINGS, {}, { screen: true, width: 80 })
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toMatch(/^SETTING +VALUE +ORIGIN$/)
  expect(lines[1]).toMatch(/^LATCHKEY_HOST +127\.0\.0\.1 +default$/)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
})

test('without a screen the settings are lines of any length', async () => {
  const { stdout } = await latchkey(SETTINGS, {}, { width: 80 })
  expect(stdout.split('\n')[0]).toBe('LATCHKEY_HOST\t127.0.0.1\tdefault')
})

test('--help fits 80 columns: each command is one line', async () => {
  const { stdout } = await latchkey(['--help'])
  const listed = stdout.slice(stdout.indexOf('The server:'), stdout.indexOf('Examples:')).split('\n')
  for (const line of listed) expect(line).toMatch(/^(?: {2}[a-z-]+ {2,}\S.*|[A-Z].*:|)$/)
})
