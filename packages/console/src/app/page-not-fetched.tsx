// Stands in the place of a page whose code could not be fetched. It makes room by itself when the server is back.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { currentConnection } from '../api/live-connection.ts'
import type { NotFetchedProps } from '../components/lazy-part.tsx'
import { PageHead } from '../components/page-head.tsx'
import { ProblemAlert } from '../components/problem-alert.tsx'
import { t } from '../strings.ts'

export function PageNotFetched({ onRetry }: NotFetchedProps) {
  // If the server is there, it was updated: the code of the old page is gone permanently.
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
