// The last two steps: the command that requests a token, and the token as it arrives.
import { Group, Loader, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { CountedSlot } from '../../api/counted-slot.ts'
import { historyQuery, integrationQuery, secretsQuery, slotsQuery } from '../../api/queries.ts'
import { announce } from '../../components/announce.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { NewSecret } from '../../components/new-secret.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterButton } from '../../components/router-link.tsx'
import { SnippetTabs } from '../../components/snippet-tabs.tsx'
import { clock } from '../../components/times.ts'
import { TokenBar } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { activityText } from '../../strings/detail.ts'
import { t } from '../../strings.ts'
import { requesterName } from '../detail/requester-name.ts'
import { SecretFacts } from '../detail/secret-facts.tsx'
import { arrivedSlot, type Generations, generationsOf } from './arrived-slot.ts'

export interface RequestStepProps {
  readonly id: string
  /** Undefined for an integration that existed before. */
  readonly secret: string | undefined
  readonly onArrived: () => void
}

export function RequestStep({ id, secret, onArrived }: RequestStepProps) {
  const words = t.setUp.request
  const integration = useQuery(integrationQuery(id))
  const clientId = integration.data?.client_id ?? ''
  const secrets = useQuery({ ...secretsQuery(id), enabled: secret === undefined })
  const slots = useQuery({ ...slotsQuery(clientId), enabled: clientId !== '' })
  const arrived = useArrived(slots.data, secret === undefined)
  const isThere = arrived !== undefined
  useEffect(() => {
    if (!isThere) return
    announce(t.setUp.arrived.title)
    onArrived()
  }, [isThere, onArrived])
  if (integration.isError)
    return <ProblemAlert title={t.detail.failed} error={integration.error} onRetry={() => void integration.refetch()} />
  if (integration.data === undefined) return <Loader />
  const kept = secrets.data?.findLast(({ status }) => status !== 'ended')
  return (
    <>
      {arrived?.live && <Arrived id={id} slot={arrived} />}
      <Card title={t.setUp.steps[2]}>
        <Text>{words.line}</Text>
        {secret === undefined ? (
          <>
            {kept !== undefined && <SecretFacts integrationId={id} secret={kept} role="only" />}
            <SnippetTabs clientId={clientId} scopes={integration.data.scopes} />
          </>
        ) : (
          <NewSecret integration={integration.data} secret={secret} />
        )}
        {!isThere && (
          <Group gap="sm" role="status">
            <Loader size="sm" aria-hidden />
            <Text>{words.waiting}</Text>
          </Group>
        )}
      </Card>
    </>
  )
}

function Arrived({ id, slot }: { readonly id: string; readonly slot: CountedSlot }) {
  const now = useNow()
  const { data: history } = useQuery(historyQuery(slot.client_id, slot.scope))
  const words = t.setUp.arrived
  const { live } = slot
  const [requester] = history?.history[0]?.requesters ?? []
  const by = requester === undefined ? activityText.nobody : requesterName(requester)
  if (live === null) return null
  return (
    <Banner tone="info" title={words.title}>
      <Text size="sm">{words.line(by, slot.scope)}</Text>
      <div className="countdown" role="timer" aria-live="off">
        {clock(live.endsAtMs - now)}
      </div>
      <TokenBar token={live} label={slot.scope} />
      <RouterButton to="/models/integrations/$id/{-$tab}" params={{ id, tab: undefined }} mt="md">
        {words.open}
      </RouterButton>
    </Banner>
  )
}

/** A new integration had no token when the page began to watch. */
function useArrived(slots: readonly CountedSlot[] | undefined, wasThere: boolean): CountedSlot | undefined {
  const before = useRef<Generations | undefined>(wasThere ? undefined : new Map())
  if (slots === undefined) return undefined
  before.current ??= generationsOf(slots)
  return arrivedSlot(slots, before.current)
}
