// The CSV of the audit trail as spreadsheets read it: with the separator of a locale, and with quoted cells.
import { describe, expect, test } from 'vitest'
import type { AuditEvent } from '../../../src/domain/audit-event.ts'
import { auditAsCsv } from '../../../src/http/admin/audit/audit-export.ts'

const HOSTILE = [
  '=1+2',
  'x;=1+2;y',
  'x;"=1+2',
  `x; ' "=1+2`,
  'x,=1+2',
  'x\t@SUM(1)',
  'x\n-1+2',
  'x\r\n+1',
  'x|=1',
  '\ufeff=1',
  '\u00a0;\u3000=1',
  '＝1+2',
  'x;＋1',
  '－1',
  '＠SUM(1)',
  'x;﹦1',
  `"=cmd|'/c calc'!A1`,
  '",=1',
  ';;=1',
]

/** An event with the text in every member that a caller controls. */
const eventOf = (text: string): AuditEvent => ({
  seq: 1,
  at: 1_800_000_000,
  event: 'integration.changed',
  actor: { kind: 'operator', id: 'opr_1', name: text, address: '192.0.2.7', userAgent: text, requestId: 'req_1' },
  target: { kind: 'integration', id: 'int_1', name: text },
  before: { name: text },
  after: { name: text, scopes: [text] },
})

async function csvOf(text: string): Promise<string> {
  async function* events() {
    yield await Promise.resolve(eventOf(text))
  }
  let csv = ''
  for await (const part of auditAsCsv(events())) csv += part
  return csv
}

/** Reads cells as Excel and LibreOffice do: text after a closing quote belongs to the cell. */
function cellsOf(csv: string, separator: string): readonly string[] {
  const cells: string[] = []
  let rest = csv
  while (rest !== '') {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest)
    const inside = quoted?.[1]?.replaceAll('""', '"') ?? ''
    rest = rest.slice(quoted?.[0].length ?? 0)
    const end = rest.search(separator === '\t' ? /[\t\r\n]/ : new RegExp(`[${separator}\\r\\n]`))
    const outside = end < 0 ? rest : rest.slice(0, end)
    cells.push(inside + outside)
    rest = end < 0 ? '' : rest.slice(end + 1)
  }
  return cells
}

describe.each([
  ['a comma', ','],
  ['a semicolon', ';'],
  ['a tab', '\t'],
  ['a bar', '|'],
])('a CSV with %s between the cells', (_, separator) => {
  test.each(HOSTILE)('has no formula in a cell with the text %j', async (text) => {
    const computed = cellsOf(await csvOf(text), separator).filter((cell) =>
      /^[\s"']*[=+\-@]/.test(cell.normalize('NFKC')),
    )
    expect(computed.filter((cell) => !cell.trimStart().startsWith("'"))).toEqual([])
  })
})

test('a CSV export has quotes around every text, and harmless texts are unchanged', async () => {
  const [, line = ''] = (await csvOf('Billing sync "EU"; v-2')).split('\r\n')
  expect(line).toContain(',"Billing sync ""EU""; v-2",')
  expect(line.replaceAll(/"(?:[^"]|"")*"/g, 'text')).toBe(`1${',text'.repeat(13)}`)
})
