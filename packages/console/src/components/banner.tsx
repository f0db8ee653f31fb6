// A message at the top of a page that the operator should read first.
import { Alert, Group } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface BannerProps {
  readonly tone: 'info' | 'warning' | 'danger'
  /** A screen reader reads the title when it appears, so it contains no number that changes. */
  readonly title: string
  readonly actions?: ReactNode
  readonly children?: ReactNode
}

export function Banner({ tone, title, actions, children }: BannerProps) {
  const Icon = tone === 'info' ? IconInfoCircle : IconAlertTriangle
  return (
    <Alert variant="default" role="note" className="banner" data-tone={tone} icon={<Icon size={18} />}>
      <Group justify="space-between" gap="xs">
        <div className="banner-text">
          <strong role="status">{title}</strong> {children}
        </div>
        {actions}
      </Group>
    </Alert>
  )
}
