// Says that another operator has changed the shown record, and shows the changed record on request.
import { Button } from '@mantine/core'
import { platformText as words } from '../strings/platform.ts'
import { Banner } from './banner.tsx'

export interface StaleBannerProps {
  /** True if this page has already read the changed record. */
  readonly isRead: boolean
  readonly onReload: () => void
}

export function StaleBanner({ isRead, onReload }: StaleBannerProps) {
  return (
    <Banner tone="warning" title={words.stale}>
      <Button size="xs" variant="default" disabled={!isRead} onClick={onReload}>
        {words.reload}
      </Button>
    </Banner>
  )
}
