// The audit trail as a file: JSON Lines, or CSV (RFC 4180) that no spreadsheet takes for a formula.
import type { AuditEvent } from '../../../domain/audit-event.ts'
import { auditEventView } from './audit-view.ts'

export async function* auditAsJsonLines(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(auditEventView(event))}\n`
}

/** The cell of each column. Only the number needs no quotes. */
const COLUMNS = {
  seq: ({ seq }) => String(seq),
  at: ({ at }) => cell(at),
  event: ({ event }) => cell(event),
  actor_kind: ({ actor }) => cell(actor.kind),
  actor_id: ({ actor }) => cell(actor.id),
  actor_name: ({ actor }) => cell(actor.name),
  address: ({ actor }) => cell(actor.address),
  user_agent: ({ actor }) => cell(actor.user_agent),
  request_id: ({ request_id }) => cell(request_id),
  target_kind: ({ target }) => cell(target.kind),
  target_id: ({ target }) => cell(target.id),
  target_name: ({ target }) => cell(target.name),
  before: ({ before }) => cell(JSON.stringify(before)),
  after: ({ after }) => cell(JSON.stringify(after)),
} satisfies Readonly<Record<string, (event: ReturnType<typeof auditEventView>) => string>>

export async function* auditAsCsv(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  yield `${Object.keys(COLUMNS).join(',')}\r\n`
  for await (const event of events) {
    const view = auditEventView(event)
    const cells = Object.values(COLUMNS).map((cellOf) => cellOf(view))
    yield `${cells.join(',')}\r\n`
  }
}

// A spreadsheet computes a cell that begins with one of these characters, in their full-width forms too, and behind blanks
// or quotes. A cell may begin behind any separator that a locale uses.
const FORMULA = /(^|[;,|\t\r\n])((?:(?![\t\r\n])[\s"'])*[=+\-@＝＋－＠﹦﹢﹣﹫])/g

/** Returns the text in quotes, with a single quote before each formula: a spreadsheet then reads the formula as text. */
const cell = (text: string): string => `"${text.replaceAll(FORMULA, "$1'$2").replaceAll('"', '""')}"`
