// Writes the selected integrations as a file: as CSV for a spreadsheet, or as the JSON of the admin API. Neither file
// contains a secret.
import type { Integration } from 'latchkey/admin-api'

export const EXPORT_FORMATS = ['csv', 'json'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const COLUMNS: readonly (readonly [name: string, value: (integration: Integration) => string])[] = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['client_id', ({ client_id: clientId }) => clientId],
  ['description', ({ description }) => description],
  ['status', ({ status }) => status],
  ['attention', ({ attention }) => attention.map(({ kind }) => kind).join(' ')],
  ['scopes', ({ scopes }) => scopes.join(' ')],
  ['tags', ({ tags }) => tags.join(', ')],
  ['created_at', ({ created_at: at }) => at],
  ['updated_at', ({ updated_at: at }) => at],
  ['last_used_at', ({ last_used: use }) => use?.at ?? ''],
]

export function exportOf(integrations: readonly Integration[], format: ExportFormat): Blob {
  if (format === 'json') return new Blob([`${JSON.stringify(integrations, null, 2)}\n`], { type: 'application/json' })
  return new Blob([csvOf(integrations)], { type: 'text/csv' })
}

/** RFC 4180: lines end in CR LF, and a value with a quote, a comma or a line break is quoted. */
export function csvOf(integrations: readonly Integration[]): string {
  const lines = [
    COLUMNS.map(([name]) => name),
    ...integrations.map((integration) => COLUMNS.map(([, value]) => value(integration))),
  ]
  return lines.map((values) => `${values.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string): string {
  // A spreadsheet would run a value that begins like this as a formula.
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
