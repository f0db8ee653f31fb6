// The last three steps: the command that requests a token, the arrival of the token, and its end when a newer token
// arrives.
import { Group, Loader, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { integrationQuery, slotsQuery } from '../../api/queries.ts'
import { announce } from '../../components/announce.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { setUpText } from '../../strings/set-up.ts'
import { t } from '../../strings.ts'
import { AgainStep } from './again-step.tsx'
import { Credentials } from './credentials.tsx'
import { type FirstToken, useFirst, useRequester } from './first-token.ts'
import { RefusedRequests } from './refused-requests.tsx'

export interface RequestStepProps {
  readonly id: string
  /** Undefined for an integration that existed before. */
  readonly secret: string | undefined
  readonly onArrived: () => void
  readonly onEnded: () => void
}

export function RequestStep({ id, secret, onArrived, onEnded }: RequestStepProps) {
  const words = setUpText.request
  const integration = useQuery(integrationQuery(id))
  const clientId = integration.data?.client_id ?? ''
  const slots = useQuery({ ...slotsQuery(clientId), enabled: clientId !== '' })
  const [fetched, setFetched] = useState<string | undefined>()
  const first = useFirst(slots.data, secret === undefined)
  const isThere = first !== undefined
  useEffect(() => {
    if (!isThere) return
    announce(setUpText.arrived.title)
    onArrived()
  }, [isThere, onArrived])
  if (integration.isError)
    return <ProblemAlert title={t.detail.failed} error={integration.error} onRetry={() => void integration.refetch()} />
  if (integration.data === undefined) return <Loader />
  const known = secret ?? fetched
  return (
    <>
      {first !== undefined && <Arrived clientId={clientId} first={first} />}
      {first !== undefined && (
        <AgainStep integration={integration.data} first={first} secret={known} onEnded={onEnded} />
      )}
      <Card title={isThere ? words.again : words.title}>
        {!isThere && <Text>{words.line}</Text>}
        <Credentials integration={integration.data} secret={known} onFetched={setFetched} />
        {!isThere && (
          <>
            <Group gap="sm" role="status">
              <Loader size="sm" aria-hidden />
              <Text>{words.waiting}</Text>
            </Group>
            <RefusedRequests clientId={clientId} />
          </>
        )}
      </Card>
    </>
  )
}

function Arrived({ clientId, first: { scope, token } }: { readonly clientId: string; readonly first: FirstToken }) {
  const by = useRequester(clientId, scope, token.generation)
  const words = setUpText.arrived
  return (
    <Banner tone="info" title={words.title}>
      <Text size="sm">{words.line(by, scope)}</Text>
    </Banner>
  )
}
