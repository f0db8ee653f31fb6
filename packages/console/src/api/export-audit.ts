// Downloads an export of the audit log, and reports the progress while it arrives.
import type { AuditExportQuery } from 'latchkey/admin-api'
import type { AuditFilter } from './platform-queries.ts'
import { NoAnswerError, problemOf } from './problem.ts'

export type ExportFormat = AuditExportQuery['format']

const NEW_LINE = 10

/** Calls `onProgress` with the number of received entries and the number of all entries. Throws as `ask` does. */
export async function exportAudit(
  format: ExportFormat,
  { filter, signal }: { readonly filter: AuditFilter; readonly signal: AbortSignal },
  onProgress: (done: number, all: number) => void,
): Promise<Blob> {
  const query = new URLSearchParams({ format, ...filter })
  const response = await fetch(`/admin/v1/audit/export?${query}`, {
    signal,
    headers: { 'x-latchkey-console': '1' },
    credentials: 'same-origin',
    cache: 'no-store',
  }).catch((cause: unknown) => {
    throw new NoAnswerError(cause)
  })
  if (!response.ok) throw await problemOf(response)
  if (response.body === null) throw new NoAnswerError('an answer without a body')
  const all = Number(response.headers.get('x-total-count') ?? 0)
  const parts: Uint8Array<ArrayBuffer>[] = []
  let lines = 0
  const reader = response.body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value)
    for (const byte of read.value) if (byte === NEW_LINE) lines += 1
    // A CSV has a header line, and a value in it may contain line breaks.
    onProgress(Math.min(lines, all), all)
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? 'text/plain' })
}
