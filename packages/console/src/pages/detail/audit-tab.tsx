// The changes of this integration by operators and programs, the newest first.
import { Button, Group, Skeleton, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { AuditPage, AuditEvent, Integration } from 'latchkey/admin-api'
import { ask } from '../../api/client.ts'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { toldMembers, inOneLine } from '../../components/recorded-change.ts'
import { RelativeTime } from '../../components/relative-time.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { auditText as words } from '../../strings/detail.ts'
import { deedOf } from '../audit-log/deed-of.ts'

const PAGE = 25

export function AuditTab({ integration }: { readonly integration: Integration }) {
  const audit = useInfiniteQuery({
    queryKey: ['audit', integration.id],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({
        target: integration.id,
        limit: String(PAGE),
        ...(pageParam && { cursor: pageParam }),
      })
      return ask<AuditPage>(`/audit?${query}`, { signal })
    },
    getNextPageParam: ({ next_cursor: next }) => next,
  })
  const events = audit.data?.pages.flatMap(({ items }) => items) ?? []
  const isNarrow = useIsNarrow()
  return (
    <Card title={words.title}>
      {audit.isPending && <Skeleton h={160} />}
      {audit.isError && audit.data === undefined && (
        <ProblemAlert title={words.failed} error={audit.error} onRetry={() => void audit.refetch()} />
      )}
      {audit.data !== undefined && events.length === 0 && <Text size="sm">{words.none}</Text>}
      {events.length > 0 && isNarrow && <Cards events={events} />}
      {events.length > 0 && !isNarrow && (
        <div className="scroll-table" tabIndex={0} role="region" aria-label={words.title}>
          <Table miw={640} aria-label={words.title} verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.columns.time}</Table.Th>
                <Table.Th>{words.columns.actor}</Table.Th>
                <Table.Th>{words.columns.event}</Table.Th>
                <Table.Th>{words.columns.change}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {events.map((event) => (
                <Row key={event.id} event={event} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {audit.hasNextPage && (
        <Group>
          <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            {words.more}
          </Button>
        </Group>
      )}
    </Card>
  )
}

function Cards({ events }: { readonly events: readonly AuditEvent[] }) {
  return (
    <RowCards label={words.title}>
      {events.map((event) => (
        <li key={event.id}>
          <Text size="sm" className="wrap">
            <Text span inherit fw={600}>
              {event.actor.name}
            </Text>{' '}
            {deedOf(event)}
          </Text>
          <div>
            <Changes {...event} />
          </div>
          <Text size="xs" c="dimmed">
            <RelativeTime time={event.at} /> {event.actor.address}
          </Text>
        </li>
      ))}
    </RowCards>
  )
}

function Row({ event }: { readonly event: AuditEvent }) {
  const { at, actor, before, after } = event
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <RelativeTime time={at} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" className="wrap">
          {actor.name}
        </Text>
        <Text size="sm" c="dimmed">
          {actor.address}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" className="wrap" title={event.event}>
          {deedOf(event)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Changes before={before} after={after} />
      </Table.Td>
    </Table.Tr>
  )
}

/** Shows the old and the new value of each changed member that has one. */
function Changes({ before, after }: Pick<AuditEvent, 'before' | 'after'>) {
  const members = toldMembers({ before, after })
  return (
    <>
      {members.map((member) => (
        <Text key={member} size="sm" className="wrap">
          <Text span inherit c="dimmed">
            {member}:
          </Text>{' '}
          {member in before && `${inOneLine(before[member])} → `}
          {inOneLine(after[member])}
        </Text>
      ))}
    </>
  )
}
