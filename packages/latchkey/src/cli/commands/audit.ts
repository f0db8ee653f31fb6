// latchkey audit: lists, verifies and exports the audit trail.
import type { Command } from 'commander'
import type { AuditEvent, AuditQuery, AuditReport, AuditVerificationQuery } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { EXIT, unusable } from '../cli-failure.ts'
import { command, group, listCommand, wholeNumber } from '../command.ts'
import { showJson, type Shown } from '../show.ts'
import { type Column, fromNow, showTable, type TableOptions } from '../table.ts'
import { printable, type Terminal } from '../terminal.ts'
import { type AuditFilter, withAuditFilter } from './audit-filter.ts'
import { addExportAudit, anchorRemark } from './export-audit.ts'

export function addAudit(latchkey: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const audit = group(
    latchkey,
    'audit',
    'the audit trail: every administrative change, chained so that tampering shows',
  ).summary('every change, chained so that tampering shows')
  addList(audit, terminal)
  addVerify(audit, terminal, done)
  addExportAudit(audit, terminal)
}

interface ListOptions extends AuditFilter, Shown, TableOptions {
  readonly limit: number
}

function addList(audit: Command, terminal: Terminal): void {
  const text = {
    does: 'show the changes, newest first',
    examples: [
      'latchkey audit list --since 24h',
      'latchkey audit list --event secret.rotated --target int_… --limit 200 --json',
    ],
  }
  withAuditFilter(listCommand(audit, 'list', text))
    .option('--limit <count>', 'the largest number of events', wholeNumber(1, 1_000_000), 50)
    .action(async ({ json, wide, limit, ...filter }: ListOptions) => {
      const found = adminClient(terminal.env).items<AuditEvent, AuditQuery>('/audit', { ...filter }, limit)
      const items = await Array.fromAsync(found)
      if (json === true) showJson(terminal, { items })
      else if (items.length > 0) showTable(terminal, items, { columns: COLUMNS, wide })
      else terminal.remark('No event matches these options.')
    })
}

const COLUMNS: readonly Column<AuditEvent>[] = [
  { heading: 'AT', value: ({ at }) => at, short: ({ at }) => fromNow(at), narrow: 'kept' },
  { heading: 'EVENT', value: ({ event }) => event, narrow: 'kept' },
  {
    heading: 'TARGET',
    value: ({ target: { id, name } }) => (name === '' || name === id ? id : `${name} (${id})`),
    short: ({ target: { id, name } }) => (name === '' ? id : name),
    narrow: 'cut',
  },
  { heading: 'BY', value: ({ actor }) => actor.name, narrow: 'cut' },
  { heading: 'FROM', value: ({ actor }) => actor.address },
  { heading: 'SEQ', value: ({ seq }) => String(seq), isWide: true },
  { heading: 'REASON', value: ({ after }) => reasonOf(after), narrow: 'cut' },
]

/** The reason of a refusal. Events about changes have no reason. */
const reasonOf = (after: AuditEvent['after']): string => {
  const reason = after['reason']
  return typeof reason === 'string' ? reason : '-'
}

function addVerify(audit: Command, terminal: Terminal, done: (exitCode: number) => void): void {
  const text = {
    does: 'check the whole chain; exit code 6 if an event was changed or removed',
    examples: ['latchkey audit verify', 'latchkey audit verify --expect 120:5c1f…', 'latchkey audit verify --json'],
  }
  const verify = command(audit, 'verify', text).option(
    '--expect <anchor>',
    'an anchor SEQ:MAC that audit export or audit verify printed: the trail must still contain that history',
  )
  verify.action(async ({ json, expect }: Shown & { readonly expect?: string }) => {
    if (expect !== undefined && !/^\d+:[0-9a-f]{64}$/.test(expect)) {
      throw unusable(
        '--expect takes an anchor as audit export prints it: a number, a colon and 64 hexadecimal digits. Copy the whole anchor.',
      )
    }
    const verified = await adminClient(terminal.env).get<AuditReport, AuditVerificationQuery>('/audit/verify', {
      expect,
    })
    const { intact, checked, anchor, problem } = verified
    if (json === true) showJson(terminal, verified)
    else
      terminal.data(
        intact
          ? `intact: ${String(checked)} events`
          : `broken at ${String(problem?.seq)}: ${printable(problem?.what ?? '')}`,
      )
    if (json !== true && anchor !== undefined) terminal.remark(anchorRemark(anchor))
    done(intact ? EXIT.ok : EXIT.problemsFound)
  })
}
