// Says that somebody else was faster, and shows what it is now when asked to.
import { Button } from '@mantine/core'
import { platformText as words } from '../strings/platform.ts'
import { Banner } from './banner.tsx'

export function StaleBanner({ onReload }: { readonly onReload: () => void }) {
  return (
    <Banner tone="warning" title={words.stale}>
      <Button size="xs" variant="default" onClick={onReload}>
        {words.reload}
      </Button>
    </Banner>
  )
}
