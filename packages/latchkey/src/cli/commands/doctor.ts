// latchkey doctor: checks everything that is needed to get a token from this command line, and reports problems.
import type { Command } from 'commander'
import { EXIT } from '../cli-failure.ts'
import { command } from '../command.ts'
import { examine } from '../doctor/examine.ts'
import { examineQuickly } from '../doctor/quick.ts'
import type { Finding } from '../doctor/finding.ts'
import { showJson, type Shown } from '../show.ts'
import { type Column, showTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export function addDoctor(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const does = 'check server, clock, key files, issuer and store; exit code 6 if there is a problem'
  const examples = [
    'latchkey doctor',
    'LATCHKEY_DATA_DIR=/var/lib/latchkey latchkey doctor --json',
    'latchkey doctor --quick',
  ]
  command(latchkey, 'doctor', { does, examples })
    .summary('check server, clock, key files, issuer and store')
    .option('--quick', 'a health check: one line, exit code 0 if the server is ready, else 1')
    .action(async ({ json, quick }: Shown & { readonly quick?: true }) => {
      if (quick === true) {
        const { healthy, found } = await examineQuickly(terminal.env)
        if (json === true) showJson(terminal, { healthy, found })
        else terminal.data(found)
        done(healthy ? EXIT.ok : EXIT.failure)
        return
      }
      const findings = await examine(terminal.env)
      const problems = findings.filter(({ status }) => status === 'problem')
      if (json === true) showJson(terminal, { healthy: problems.length === 0, checks: findings })
      else show(terminal, findings, problems)
      done(problems.length === 0 ? EXIT.ok : EXIT.problemsFound)
    })
}

const MARKS = { ok: '✓', advice: '!', problem: '✗', skipped: '–' } as const
const COLOURS = { ok: 'green', advice: 'yellow', problem: 'red', skipped: 'gray' } as const

const COLUMNS: readonly Column<Finding>[] = [
  {
    heading: '',
    value: ({ status }) => status,
    short: ({ status }) => MARKS[status],
    narrow: 'kept',
    colour: ({ status }) => COLOURS[status],
  },
  { heading: 'CHECK', value: ({ check }) => check, narrow: 'kept' },
  { heading: 'FOUND', value: ({ found }) => found, narrow: 'kept' },
]

function show(terminal: Terminal, findings: readonly Finding[], problems: readonly Finding[]): void {
  showTable(terminal, findings, { columns: COLUMNS })
  const count = problems.length === 1 ? 'One problem' : `${String(problems.length)} problems`
  terminal.remark(problems.length === 0 ? '\nNo problems.' : `\n${count}:\n\n${curesOf(problems)}`)
  const advised = findings.filter(({ status }) => status === 'advice')
  if (advised.length > 0) terminal.remark(`\nWhen you have time:\n\n${curesOf(advised)}`)
}

const curesOf = (findings: readonly Finding[]): string =>
  findings.map(({ check, cure }) => `  ${check}: ${cure ?? 'see above.'}`).join('\n')
