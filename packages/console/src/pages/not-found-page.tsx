// The page for an unknown address.
import { Stack } from '@mantine/core'
import { RouterLink } from '../components/router-link.tsx'
import { PageHead } from '../components/page-head.tsx'
import { t } from '../strings.ts'

export function NotFoundPage() {
  return (
    <Stack>
      <PageHead title={t.notFound.title} line={t.notFound.line} />
      <RouterLink to="/models/integrations">{t.notFound.back}</RouterLink>
    </Stack>
  )
}
