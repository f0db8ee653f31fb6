// Says that somebody else was faster, and shows what it is now when asked to.
import { Button } from '@mantine/core'
import { platformText as words } from '../strings/platform.ts'
import { Banner } from './banner.tsx'

export interface StaleBannerProps {
  /** Whether this page has read what it is now. */
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
