// latchkey audit: the audit trail: list, verify, export.
import type { Command } from 'commander'
import type { AuditEvent, AuditQuery, AuditReport, AuditVerificationQuery } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { EXIT, unusable } from '../cli-failure.ts'
import { command, group, wholeNumber } from '../command.ts'
import { showJson, type Shown, showTable } from '../show.ts'
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

interface ListOptions extends AuditFilter, Shown {
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
  withAuditFilter(command(audit, 'list', text))
    .option('--limit <count>', 'at most so many', wholeNumber(1, 1_000_000), 50)
    .action(async ({ json, limit, ...filter }: ListOptions) => {
      const found = adminClient(terminal.env).items<AuditEvent, AuditQuery>('/audit', { ...filter }, limit)
      const items = await Array.fromAsync(found)
      if (json === true) showJson(terminal, { items })
      else if (items.length > 0) showTable(terminal, ['AT', 'EVENT', 'TARGET', 'BY', 'FROM', 'SEQ'], items.map(row))
      else terminal.remark('No event matches these options.')
    })
}

const row = ({ at, event, target, actor, seq }: AuditEvent): readonly string[] => [
  at,
  event,
  target.name === '' || target.name === target.id ? target.id : `${target.name} (${target.id})`,
  actor.name,
  actor.address,
  String(seq),
]

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
