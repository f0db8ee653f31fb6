// A message at the top of a page that the operator should read first.
import { Alert } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface BannerProps {
  readonly tone: 'info' | 'warning' | 'danger'
  readonly title: string
  readonly children?: ReactNode
}

export function Banner({ tone, title, children }: BannerProps) {
  const Icon = tone === 'info' ? IconInfoCircle : IconAlertTriangle
  return (
    <Alert variant="default" role="status" className="banner" data-tone={tone} icon={<Icon size={18} />} title={title}>
      {children}
    </Alert>
  )
}
