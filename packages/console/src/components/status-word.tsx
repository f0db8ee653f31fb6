// A state as icon and word, coloured by what it means.
import { IconAlertTriangle, IconCircleCheck, IconCircleOff, IconRefresh } from '@tabler/icons-react'

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

export const IntegrationStatus = ({ status }: { readonly status: 'active' | 'disabled' }) =>
  status === 'active' ? <StatusWord tone="ok">Active</StatusWord> : <StatusWord tone="quiet">Disabled</StatusWord>
