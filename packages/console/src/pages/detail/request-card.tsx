// How to request a real token, what that puts an end to, and the word when it has arrived.
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Integration } from '../../api/models.ts'
import { historyQuery, serverQuery } from '../../api/queries.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { clock, count, relative } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { curlCommand, shellVariables } from '../../snippets/snippets.ts'
import { activityText } from '../../strings/detail.ts'
import { tryText as words } from '../../strings/try.ts'
import { requesterName } from './requester-list.tsx'

export function RequestCard({ integration, scope }: { readonly integration: Integration; readonly scope: string }) {
  const now = useNow()
  const { data: server } = useQuery(serverQuery)
  const { data: slot } = useQuery(historyQuery(integration.client_id, scope))
  // The generation that was there when the page was opened: what is newer has arrived before the reader's eyes.
  const first = useRef<number | undefined>(undefined)
  first.current ??= slot?.generation
  const live = slot?.live && slot.live.endsAtMs > now ? slot.live : undefined
  const [requester] = slot?.history.find(({ generation }) => generation === live?.generation)?.requesters ?? []
  const by = requester === undefined ? activityText.nobody : requesterName(requester)
  const left = clock((live?.endsAtMs ?? now) - now)
  const effect =
    integration.status === 'disabled'
      ? words.disabled
      : live === undefined
        ? words.replacesNothing
        : integration.issue_mode.kind === 'stable'
          ? words.returns(left)
          : words.replaces(relative(live.issued_at, now), by, left)
  const facts = { clientId: integration.client_id, clientSecret: undefined, scope }
  return (
    <Card title={words.request}>
      <Banner tone={live === undefined ? 'info' : 'warning'} title={effect} />
      <Text size="sm">{words.requestLine}</Text>
      {server !== undefined && (
        <CodeBlock
          what="token request"
          code={`${shellVariables({ ...facts, tokenEndpoint: server.token_endpoint })}\n${curlCommand({ ...facts, tokenEndpoint: server.token_endpoint })}\n`}
        />
      )}
      {live !== undefined && first.current !== undefined && live.generation > first.current && (
        <Banner tone="info" title={words.arrived(count(live.generation), by)}>
          {words.arrivedBody}
        </Banner>
      )}
    </Card>
  )
}
