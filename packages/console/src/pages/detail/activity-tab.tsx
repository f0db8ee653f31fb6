// The last issuances of each scope: the callers that requested tokens, and the callers whose tokens they replaced.
import { Button, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration, Issuance, SlotHistory } from 'latchkey/admin-api'
import { useState } from 'react'
import { historyQuery, slotsQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { count, duration, plural } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { activityText as words } from '../../strings/detail.ts'
import { t } from '../../strings.ts'
import { ActivityCharts } from './activity-charts.tsx'
import { fateOf } from './fate-of.ts'
import { IssuanceTimeline } from './issuance-timeline.tsx'
import { RequesterList } from './requester-list.tsx'
import { requesterName } from './requester-name.ts'

export function ActivityTab({ integration }: { readonly integration: Integration }) {
  const { data: slots = [] } = useQuery(slotsQuery(integration.client_id))
  return (
    <Stack>
      {slots.map(({ scope }) => (
        <Timeline key={scope} clientId={integration.client_id} scope={scope} />
      ))}
      <ActivityCharts clientId={integration.client_id} />
    </Stack>
  )
}

function Timeline({ clientId, scope }: { readonly clientId: string; readonly scope: string }) {
  const history = useQuery(historyQuery(clientId, scope))
  const [isTable, setTable] = useState(false)
  const items = history.data?.history ?? []
  const title = words.timeline(scope)
  return (
    <Card
      title={title}
      actions={
        <Button size="xs" variant="default" onClick={() => setTable(!isTable)}>
          {isTable ? words.chart : words.table}
        </Button>
      }
    >
      {isTable && (
        <Text size="sm" c="dimmed">
          {words.timelineLine}
        </Text>
      )}
      {history.isPending && <Skeleton h={120} />}
      {history.isError && history.data === undefined && (
        <ProblemAlert title={t.detail.failed} error={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.data !== undefined && items.length === 0 && <Text size="sm">{words.none}</Text>}
      {history.data !== undefined && items.length > 0 && !isTable && (
        <IssuanceTimeline slot={history.data} title={title} />
      )}
      {history.data !== undefined && items.length > 0 && isTable && (
        <div className="scroll-table" tabIndex={0} role="region" aria-label={title}>
          <Table miw={640} aria-label={title}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.columns.generation}</Table.Th>
                <Table.Th>{words.columns.issued}</Table.Th>
                <Table.Th>{words.columns.by}</Table.Th>
                <Table.Th>{words.columns.ended}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((issuance, index) => (
                <Table.Tr key={issuance.generation}>
                  <Table.Td>#{count(issuance.generation)}</Table.Td>
                  <Table.Td>
                    <RelativeTime time={issuance.issued_at} />
                  </Table.Td>
                  <Table.Td>
                    <RequesterList integrationId={history.data.integration_id} requesters={issuance.requesters} />
                    {issuance.requests > 1 && (
                      <Text size="sm" c="dimmed">
                        {words.sharedBy(plural(issuance.requests, 'request'))}
                      </Text>
                    )}
                    {issuance.handed_to.length > 0 && (
                      <>
                        <Text size="sm" c="dimmed">
                          {words.handedTo}
                        </Text>
                        <RequesterList integrationId={history.data.integration_id} requesters={issuance.handed_to} />
                      </>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Fate slot={history.data} issuance={issuance} next={items[index - 1]} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </Card>
  )
}

interface FateProps {
  readonly slot: SlotHistory
  readonly issuance: Issuance
  /** The next issuance. */
  readonly next: Issuance | undefined
}

function Fate({ slot, issuance, next }: FateProps) {
  const now = useNow()
  const fate = fateOf(slot, { issuance, next }, now)
  if (fate.is === 'live') return <StatusWord tone="ok">{words.live}</StatusWord>
  if (fate.is === 'over') return <StatusWord tone="quiet">{words.over}</StatusWord>
  const [by] = next?.requesters ?? []
  const after = fate.livedMs < 1000 ? words.lessThanASecond : duration(fate.livedMs)
  return (
    <>
      {fate.isInGrace && <StatusWord tone="warning">{words.grace}</StatusWord>}
      <Text size="sm" className="wrap">
        {words.replaced(after, by === undefined ? words.nobody : requesterName(by))}
      </Text>
    </>
  )
}
