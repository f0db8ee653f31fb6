// The results as a person reads them.
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

export function sectionLines({ title, note, rows, figures }: SectionResult): readonly string[] {
  const numbers = figures.map(({ name, value, unit }) => [name, whole(value), unit])
  return [
    `── ${title} ${'─'.repeat(Math.max(0, 100 - title.length))}`,
    ...folded(note, 100),
    ...(rows.length > 0
      ? [
          '',
          ...table(
            COLUMNS,
            rows.map((row, i) => cells(row, rows[i - 1], rows)),
          ),
        ]
      : []),
    ...(numbers.length > 0 ? ['', ...table(NUMBERS, numbers).slice(1)] : []),
    '',
  ]
}

/** Whether the machine was left alone while it was measured. */
export function quietLines(results: readonly SectionResult[]): readonly string[] {
  const others = results
    .flatMap(({ rows }) => rows.map((row) => row.otherCores))
    .filter((cores) => !Number.isNaN(cores))
  if (others.length === 0) return []
  const [usual, most] = [median(others).toFixed(2), Math.max(...others).toFixed(2)]
  const judgement = Math.max(...others) >= DISTURBING ? 'NOT QUIET: measure again when it is' : 'quiet'
  return [`Beside server and load generator ${usual} cores were busy as a rule, ${most} at most: ${judgement}.`]
}

export function verdictLines(verdicts: readonly Verdict[], effort: 'full' | 'quick'): readonly string[] {
  if (verdicts.length === 0) return []
  const rows = verdicts.map(({ met, goal, measured, asked }) => [met ? 'met' : 'MISSED', goal, measured, asked])
  const note = effort === 'full' ? [] : ['One short round says that it works, not how fast it is: judge by a full run.']
  return [`── Targets ${'─'.repeat(93)}`, ...note, ...table(VERDICTS, rows), '']
}

const left = (heading: string): Column => ({ heading, align: 'left' })
const right = (heading: string): Column => ({ heading, align: 'right' })

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
  ...[right('p99.9 ms'), right('CPU µs/req'), right('ratio'), left('limited by')],
]
const NUMBERS = [left(''), right(''), left('')]
const VERDICTS = [left(''), left('target'), right('measured'), left('asked')]

function cells(row: Row, before: Row | undefined, rows: readonly Row[]): readonly string[] {
  const [slowest, fastest] = row.spread
  const rival = rivalOf(row, rows)
  return [
    before?.placement === row.placement ? '' : row.placement,
    row.name,
    row.connections === undefined ? 'open' : String(row.connections),
    whole(row.perSecond),
    row.rounds === 1 ? '' : `${whole(slowest)}–${whole(fastest)}`,
    milliseconds(row.p50),
    milliseconds(row.p99),
    milliseconds(row.p999),
    Number.isNaN(row.serverCpuMicroseconds) ? '?' : whole(row.serverCpuMicroseconds),
    rival === undefined ? '' : (row.perSecond / rival.perSecond).toFixed(2),
    limitOf(row),
  ]
}

/** The row after this one, when both are the same work. */
function rivalOf(row: Row, rows: readonly Row[]): Row | undefined {
  const index = rows.indexOf(row)
  const next = rows[index + 1]
  const isPair = index % 2 === 0 && next?.connections === row.connections && next?.placement === row.placement
  return isPair ? next : undefined
}

// A core that is busy for this share of the time is never waited for.
const BUSY = 0.93
// With this much of a core taken by others the figures say little.
const DISTURBING = 0.2

/** What keeps the rate from being higher. */
function limitOf({ placement, connections, serverCores, loadCores, otherCores }: Row): string {
  if (connections === undefined) return ''
  if (otherCores >= DISTURBING) return 'other programs'
  if (placement === 'one core' && serverCores >= BUSY) return 'its core'
  if (loadCores >= BUSY) return 'load generator'
  if (placement === 'all cores' && serverCores + loadCores >= 2 * BUSY) return 'both cores'
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
