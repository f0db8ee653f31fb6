// Reads the audit log as a file, as it comes.
import type { AuditExportQuery } from 'latchkey/admin-api'
import type { AuditFilter } from './platform-queries.ts'
import { NoAnswerError, problemOf } from './problem.ts'

export type ExportFormat = AuditExportQuery['format']

const NEW_LINE = 10

/** `onProgress` is told how many entries there are and how many have come. Throws as `ask` does. */
export async function exportAudit(
  format: ExportFormat,
  filter: AuditFilter,
  signal: AbortSignal,
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
    // A CSV has a head, and a value in it may have lines of its own.
    onProgress(Math.min(lines, all), all)
  }
  return new Blob(parts, { type: response.headers.get('content-type') ?? 'text/plain' })
}
