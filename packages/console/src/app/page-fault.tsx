// Shown instead of a page that has failed.
import { Stack } from '@mantine/core'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { PageHead } from '../components/page-head.tsx'
import { ProblemAlert } from '../components/problem-alert.tsx'
import { t } from '../strings.ts'

export function PageFault({ error, reset }: ErrorComponentProps) {
  return (
    <Stack component="main" p="md">
      <PageHead title={t.problem.pageTitle} />
      <ProblemAlert title={t.problem.notDone} error={error} onRetry={reset} />
    </Stack>
  )
}
