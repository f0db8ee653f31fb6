// Shown instead of a page whose code could not be fetched. Loads the page without a click when the server answers
// again.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { currentConnection } from '../api/live-connection.ts'
import type { NotFetchedProps } from '../components/lazy-part.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemAlert } from '../components/problem-alert.tsx'
import { t } from '../strings.ts'

export function PageNotFetched({ onRetry }: NotFetchedProps) {
  // If the server answers, but has no such code, it was updated since this page was loaded.
  const [isAway] = useState(() => currentConnection().state !== 'live')
  const words = t.problem
  return (
    <>
      <PageHead title={words.pageTitle} />
      <ProblemAlert
        title={words.notFetched}
        error={new Error(isAway ? words.serverAway : words.oldPage)}
        onRetry={onRetry}
      />
      {!isAway && (
        <Button w="fit-content" onClick={() => location.reload()}>
          {words.reload}
        </Button>
      )}
    </>
  )
}
