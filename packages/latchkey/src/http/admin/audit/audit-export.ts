// The audit trail as a file: JSON Lines, or CSV (RFC 4180) that no spreadsheet takes for a formula.
import type { AuditEvent } from '../../../domain/audit-event.ts'
import { auditEventView } from './audit-view.ts'

export async function* auditAsJsonLines(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(auditEventView(event))}\n`
}

const COLUMNS = [
  'seq', 'at', 'event', 'actor_kind', 'actor_id', 'actor_name', 'address', 'user_agent', 'request_id', 'target_kind',
  'target_id', 'target_name', 'before', 'after',
] // prettier-ignore

export async function* auditAsCsv(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`
  for await (const event of events) {
    const { seq, at, event: name, actor, request_id, target, before, after } = auditEventView(event)
    const cells = [
      at, name, actor.kind, actor.id, actor.name, actor.address, actor.user_agent, request_id, target.kind,
      target.id, target.name, JSON.stringify(before), JSON.stringify(after),
    ] // prettier-ignore
    yield `${[String(seq), ...cells.map(cell)].join(',')}\r\n`
  }
}

// A spreadsheet computes a cell that begins with one of these characters, in their full-width forms too, and behind blanks
// or quotes. A cell may begin behind any separator that a locale uses.
const FORMULA = /(^|[;,|\t\r\n])((?:(?![\t\r\n])[\s"'])*[=+\-@＝＋－＠﹦﹢﹣﹫])/g

/** Returns the text in quotes, with a single quote before each formula: a spreadsheet then reads the formula as text. */
const cell = (text: string): string => `"${text.replaceAll(FORMULA, "$1'$2").replaceAll('"', '""')}"`
