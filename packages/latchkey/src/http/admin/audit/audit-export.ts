// The audit trail as a file: JSON Lines, or CSV (RFC 4180) whose cells cannot act as spreadsheet formulas.
import { Readable } from 'node:stream'
import type { AuditEvent } from '../../../domain/audit-event.ts'
import type { AuditQuery, AuditTrail } from '../../../ports/audit-trail.ts'
import { auditEventView } from './audit-view.ts'

export type AuditFilter = Omit<AuditQuery, 'limit' | 'before'>

const EXPORT_PAGE = 500

/** Yields the events, the newest first. The export reads page by page, so it never needs more memory than one page. */
export async function* everyEvent(auditTrail: AuditTrail, filter: AuditFilter): AsyncGenerator<AuditEvent> {
  for (let before: number | undefined; ;) {
    const events = await auditTrail.page({ ...filter, limit: EXPORT_PAGE, before })
    yield* events
    before = events.at(-1)?.seq
    if (events.length < EXPORT_PAGE) return
  }
}

export async function* auditAsJsonLines(events: AsyncIterable<AuditEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(auditEventView(event))}\n`
}

/** Writes the cell of each column. The number of an event is the only cell without quotes. */
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

// Finds the start of each text that a spreadsheet would compute as a formula: an operator or `@`, also in full-width
// form or after blanks or quotes. The start of the value counts, and the text after each separator that some locale
// uses.
const FORMULA = /(^|[;,|\t\r\n])((?:(?![\t\r\n])[\s"'])*[=+\-@＝＋－＠﹦﹢﹣﹫])/g

/**
 * Returns the text in quotes, with a single quote before each formula, so that a spreadsheet reads the formula as text.
 */
const cell = (text: string): string => `"${text.replaceAll(FORMULA, "$1'$2").replaceAll('"', '""')}"`

/** Returns a stream of bytes for a body. */
export const byteStream = (texts: AsyncIterable<string>): Readable =>
  Readable.from(asBytes(texts), { objectMode: false })

// Writes bytes, because Node 26.10 never reports a drain for a text with more bytes than characters. A slow reader
// would then wait without end.
async function* asBytes(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text)
}
