// A state as an icon and a word, in the colour of its meaning.
import { IconAlertTriangle, IconCircleCheck, IconCircleOff, IconRefresh } from '@tabler/icons-react'
import type { Integration } from 'latchkey/admin-api'
import { t } from '../strings.ts'

export type Tone = 'ok' | 'warning' | 'danger' | 'quiet'

const ICONS = { ok: IconCircleCheck, warning: IconRefresh, danger: IconAlertTriangle, quiet: IconCircleOff }

export function StatusWord({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  const Icon = ICONS[tone]
  return (
    <span className="status" data-tone={tone}>
      <Icon size={14} aria-hidden />
      {children}
    </span>
  )
}

type StatusMembers = 'attention' | 'authentication_methods' | 'status'

/** Shows the status. Two further states are a rotation (two secrets work) and the lack of a valid credential. */
export function IntegrationStatus({
  attention,
  authentication_methods: methods,
  status,
}: Pick<Integration, StatusMembers>) {
  if (status === 'active' && methods.length === 0) return <StatusWord tone="danger">{t.list.noCredential}</StatusWord>
  if (attention.some(({ kind }) => kind === 'rotating'))
    return <StatusWord tone="warning">{t.list.rotating}</StatusWord>
  return status === 'active' ? (
    <StatusWord tone="ok">{t.list.active}</StatusWord>
  ) : (
    <StatusWord tone="quiet">{t.list.disabled}</StatusWord>
  )
}
