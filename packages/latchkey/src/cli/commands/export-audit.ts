// latchkey audit export: writes the audit trail as JSONL or CSV, to a file or to standard output.
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import type { AuditExportQuery } from '../../http/contract/admin-api.ts'
import { adminClient } from '../admin-api/admin-client.ts'
import { connectionFault } from '../admin-api/unreachable.ts'
import { CliFailure, EXIT, unusable } from '../cli-failure.ts'
import { command, oneOf } from '../command.ts'
import { showDone, type Shown } from '../show.ts'
import { printable, type Terminal } from '../terminal.ts'
import { type AuditFilter, withAuditFilter } from './audit-filter.ts'

interface ExportOptions extends AuditFilter, Shown {
  readonly format: AuditExportQuery['format']
  readonly output?: string
}

export function addExportAudit(audit: Command, terminal: Terminal): void {
  const text = {
    does: 'write the trail, newest first, for another program or for keeping',
    examples: [
      'latchkey audit export --output audit.jsonl',
      'latchkey audit export --format csv --since 30d > audit.csv',
    ],
  }
  withAuditFilter(command(audit, 'export', text))
    .addOption(oneOf('--format <format>', 'one JSON object a line, or a table', ['jsonl', 'csv']).default('jsonl'))
    .option('-o, --output <file>', 'the file to write; standard output unless given')
    .action((options: ExportOptions) => exportAudit(options, terminal))
}

async function exportAudit(options: ExportOptions, terminal: Terminal): Promise<void> {
  const { output, format, json, ...filter } = options
  if (json === true && output === undefined) {
    throw unusable('The export is not one JSON document. With --json, give a file with --output.')
  }
  const how = { accept: format === 'csv' ? 'text/csv' : 'application/x-ndjson', signal: terminal.readerGone }
  const { body, totalCount, auditAnchor } = await adminClient(terminal.env).stream<AuditExportQuery>(
    '/audit/export',
    { ...filter, format },
    how,
  )
  const count = { bytes: 0, lines: 0 }
  // Shows no progress if standard output and standard error are the same screen, because the events and the progress
  // would overwrite each other.
  const progress = output === undefined && terminal.isScreen ? undefined : terminal.progress
  // CSV has a line of headings before the events.
  const lines = totalCount === undefined ? undefined : totalCount + (format === 'csv' ? 1 : 0)
  const chunks = counted(body, count, (done) => {
    progress?.(lines === undefined ? linesOf(done) : `${String(done)} of ${linesOf(lines)}`)
  })
  const file = output === undefined || (await isPipeOrDevice(output)) ? undefined : output
  try {
    if (output === undefined) await toStandardOutput(chunks, terminal)
    else if (file === undefined) await pipeline(chunks, createWriteStream(output))
    else await toFile(chunks, file)
  } catch (cause) {
    if (terminal.readerGone.aborted) return
    throw unfinished(cause, file)
  } finally {
    progress?.('')
  }
  const said = `Wrote ${linesOf(count.lines)}${output === undefined ? '' : ` to ${output}`}.`
  const anchor = auditAnchor ?? null
  showDone(terminal, options, { document: { output: output ?? null, format, ...count, anchor }, said })
  if (json === true) return
  terminal.remark(anchor === null ? NO_ANCHOR : anchorRemark(anchor))
}

export const anchorRemark = (anchor: string): string =>
  `Anchor: ${anchor}\nKeep it elsewhere: latchkey audit verify --expect <anchor> checks that the trail still has this history.`

const NO_ANCHOR =
  'The end of the chain was not written with the audit key, so there is no anchor. Run latchkey audit verify.'

function unfinished(cause: unknown, file: string | undefined): CliFailure {
  const whole = file === undefined ? 'the output is incomplete' : `${file} was not changed`
  const message = `The export was not finished (${connectionFault(cause)}): ${whole}. Try again.`
  return new CliFailure({ code: 'export_unfinished', exitCode: EXIT.failure, message })
}

async function* counted(
  answer: ReadableStream<Uint8Array>,
  count: { bytes: number; lines: number },
  onProgress: (lines: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of answer) {
    count.bytes += chunk.length
    for (const byte of chunk) if (byte === LINE_FEED) count.lines++
    onProgress(count.lines)
    yield chunk
  }
}

const LINE_FEED = 10

const linesOf = (count: number): string => (count === 1 ? '1 line' : `${String(count)} lines`)

async function toStandardOutput(chunks: AsyncIterable<Uint8Array>, terminal: Terminal): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    const end = rest.lastIndexOf('\n')
    if (end < 0) continue
    for (const line of rest.slice(0, end).split('\n')) {
      terminal.data(terminal.isScreen ? printable(line.replace(/\r$/, '')) : line)
    }
    rest = rest.slice(end + 1)
  }
  if (rest !== '') terminal.data(rest)
}

/** True for a device or a FIFO, such as /dev/stdout. A rename would replace it by a file. */
async function isPipeOrDevice(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => undefined)
  return there !== undefined && !there.isFile() && !there.isDirectory()
}

/** Writes under another name and renames the complete file, so that an incomplete export never looks complete. */
async function toFile(chunks: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const draft = `${path}.${String(process.pid)}.part`
  try {
    await pipeline(chunks, createWriteStream(draft, { mode: 0o600 }))
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true })
    throw cause
  }
}
