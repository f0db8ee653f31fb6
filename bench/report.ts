// Writes the results as text.
import type { Verdict } from './goals.ts'
import type { Machine } from './machine.ts'
import { notPinned } from './placement.ts'
import type { Row } from './row.ts'
import type { SectionResult } from './sections/section.ts'
import { median } from './statistics.ts'
import { type Column, milliseconds, table, whole } from './table.ts'

export function machineLines(machine: Machine): readonly string[] {
  const { cores, cpu, system, node, sqlite, fileSystem, syncMilliseconds } = machine
  const lines = [
    `${String(cores)} × ${cpu}, ${system}, Node ${node}, SQLite ${sqlite}`,
    `Stores on ${fileSystem}: 4 KiB are synced in ${milliseconds(syncMilliseconds)} ms`,
  ]
  return notPinned === undefined ? lines : [...lines, notPinned]
}

export function sectionLines({ title, note, contests, figures }: SectionResult): readonly string[] {
  const hasDatabase = contests.flat().some((row) => row.databaseCpuMicroseconds > 0)
  const columns = COLUMNS.filter((column) => hasDatabase || column !== DATABASE)
  const rows = contests.flatMap((contest) =>
    contest.map((row) => cells(row, contest[0]).filter((_, at) => hasDatabase || COLUMNS[at] !== DATABASE)),
  )
  const numbers = figures.map(({ name, value, unit }) => [name, whole(value), unit])
  return [
    heading(title),
    ...folded(note, WIDTH),
    ...(rows.length > 0 ? ['', ...table(columns, rows)] : []),
    ...(numbers.length > 0 ? ['', ...table(NUMBERS, numbers).slice(1)] : []),
    '',
  ]
}

/** Says whether other programs disturbed the measurement. */
export function quietLines(results: readonly SectionResult[]): readonly string[] {
  const others = results
    .flatMap(({ contests }) => contests.flat().map((row) => row.otherCores))
    .filter((cores) => !Number.isNaN(cores))
  if (others.length === 0) return []
  const [usual, most] = [median(others).toFixed(2), Math.max(...others).toFixed(2)]
  const judgement = Math.max(...others) >= DISTURBING ? 'NOT QUIET: measure again when it is' : 'quiet'
  return [`Beside server and load generator ${usual} cores were busy as a rule, ${most} at most: ${judgement}.`]
}

export function verdictLines(verdicts: readonly Verdict[], effort: 'full' | 'quick'): readonly string[] {
  if (verdicts.length === 0) return []
  const rows = verdicts.map(({ met, goal, measured, requested }) => [met ? 'met' : 'MISSED', goal, measured, requested])
  const note = effort === 'full' ? [] : ['One short round says that it works, not how fast it is: judge by a full run.']
  return [heading('Targets'), ...note, ...table(VERDICTS, rows), '']
}

const WIDTH = 110

const heading = (title: string): string => `── ${title} ${'─'.repeat(WIDTH - title.length - 4)}`

const left = (text: string): Column => ({ heading: text, align: 'left' })
const right = (text: string): Column => ({ heading: text, align: 'right' })

/** This column is shown only if there is a database. */
const DATABASE = right('database µs/req')
const COLUMNS = [
  ...[
    left('where'),
    left('what'),
    right('conn.'),
    right('req/s'),
    right('of rounds'),
    right('p50 ms'),
    right('p99 ms'),
  ],
  ...[right('p99.9 ms'), right('CPU µs/req'), DATABASE, right('first ÷ this'), left('limited by')],
]
const NUMBERS = [left(''), right(''), left('')]
const VERDICTS = [left(''), left('target'), right('measured'), left('asked')]

function cells(row: Row, first: Row | undefined): readonly string[] {
  const [slowest, fastest] = row.spread
  return [
    row.placement,
    row.name,
    row.connections === undefined ? 'open' : String(row.connections),
    whole(row.perSecond),
    row.rounds === 1 ? '' : `${whole(slowest)}–${whole(fastest)}`,
    milliseconds(row.p50),
    milliseconds(row.p99),
    milliseconds(row.p999),
    Number.isNaN(row.serverCpuMicroseconds) ? '?' : whole(row.serverCpuMicroseconds),
    Number.isNaN(row.databaseCpuMicroseconds) ? '?' : whole(row.databaseCpuMicroseconds),
    first === undefined || first === row ? '' : `${(first.perSecond / row.perSecond).toFixed(2)} ×`,
    limitOf(row),
  ]
}

// A core that is at least this busy limits the rate.
const BUSY = 0.93
// If other processes use this much of a core, the figures are not reliable.
const DISTURBING = 0.2

/** Says what limited the rate of this row. */
function limitOf({ placement, connections, serverCores, databaseCores, loadCores, otherCores }: Row): string {
  if (connections === undefined) return ''
  if (otherCores >= DISTURBING) return 'other programs'
  if (placement === 'one core' && serverCores >= BUSY) return 'its core'
  if (loadCores >= BUSY) return 'load generator'
  if (placement === 'all cores' && serverCores + databaseCores + loadCores >= 2 * BUSY) return 'both cores'
  return 'waiting'
}

function folded(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
