// latchkey doctor: checks everything that is needed to get a token from this command line, or the database of the
// servers, and reports problems.
import type { Command } from 'commander'
import type { Environment } from '../../config/environment.ts'
import { EXIT, unusable } from '../cli-failure.ts'
import { command } from '../command.ts'
import { examine } from '../doctor/examine.ts'
import { examinePostgres, readFailover } from '../doctor/postgres.ts'
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
    'latchkey doctor --database --patroni http://10.0.0.1:8008',
  ]
  command(latchkey, 'doctor', { does, examples })
    .summary('check server, clock, key files, issuer and store')
    .option('--quick', 'a health check: one line, exit code 0 if the server is ready, else 1')
    .option('--database', 'check the PostgreSQL database in LATCHKEY_DATABASE_URL instead, and what a fail-over does')
    .option('--patroni <url>', 'with --database: check Patroni too, by the REST API of one of its members')
    .action(async ({ json, quick, database, patroni }: Options) => {
      if (quick === true && database === true) throw unusable('Give --quick or --database, not both.')
      if (patroni !== undefined && database !== true) throw unusable('--patroni needs --database.')
      if (quick === true) {
        const { healthy, found } = await examineQuickly(terminal.env)
        if (json === true) showJson(terminal, { healthy, found })
        else terminal.data(found)
        done(healthy ? EXIT.ok : EXIT.failure)
        return
      }
      const findings =
        database === true ? await examineDatabaseServer(terminal.env, patroni) : await examine(terminal.env)
      const problems = findings.filter(({ status }) => status === 'problem')
      if (json === true) showJson(terminal, { healthy: problems.length === 0, checks: findings })
      else show(terminal, findings, problems)
      done(problems.length === 0 ? EXIT.ok : EXIT.problemsFound)
    })
}

interface Options extends Shown {
  readonly quick?: true
  readonly database?: true
  readonly patroni?: string
}

async function examineDatabaseServer(env: Environment, patroni: string | undefined): Promise<readonly Finding[]> {
  const origin = patroni === undefined ? undefined : originOf(patroni)
  const findings = await examinePostgres(env)
  if (origin === undefined) return findings
  // The schemas of Patroni's answers are loaded only here, because the other checks need none.
  const { examinePatroni } = await import('../doctor/patroni.ts')
  return [...findings, ...(await examinePatroni(origin, readFailover(env)))]
}

/** The text is not quoted, because a URL may have a password. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href
  if (!isPlain) throw unusable('--patroni needs an address without a path, such as http://10.0.0.1:8008.')
  return url.origin
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
