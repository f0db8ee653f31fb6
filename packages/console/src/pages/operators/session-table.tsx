// The sessions of one operator, each with the button that ends it.
import { Button, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import type { Operator } from 'latchkey/admin-api'
import { useEndSession } from '../../api/platform-acts.ts'
import { sessionsQuery } from '../../api/platform-queries.ts'
import { browserName } from '../../components/browser-name.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { platformText } from '../../strings/platform.ts'
import { operatorsText as words } from '../../strings/settings.ts'

export function SessionTable({ operator: { id, email } }: { readonly operator: Operator }) {
  const sessions = useQuery(sessionsQuery(id))
  const end = useEndSession()
  if (sessions.data === undefined) {
    if (!sessions.isError) return <TableSkeleton label={words.loading} />
    return <ProblemAlert title={words.sessionsFailed} error={sessions.error} onRetry={() => void sessions.refetch()} />
  }
  const { sessionColumns: columns } = words
  const onSuccess = () => notifications.show({ message: words.ended })
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.sessionsLine}
      </Text>
      {end.error !== null && <ProblemAlert title={words.notEnded} error={end.error} />}
      {sessions.data.length === 0 && <Text>{words.noSessions}</Text>}
      {sessions.data.length > 0 && (
        <div className="scroll-table" role="region" aria-label={words.sessionsOf(email)} tabIndex={0}>
          <Table verticalSpacing={6} miw={720} aria-label={words.sessionsOf(email)}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{columns.where}</Table.Th>
                <Table.Th>{columns.since}</Table.Th>
                <Table.Th>{columns.seen}</Table.Th>
                <Table.Th>{columns.ends}</Table.Th>
                <Table.Th>{platformText.actions}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sessions.data.map(({ id: session, address, user_agent: agent, current, ...times }) => (
                <Table.Tr key={session}>
                  <Table.Td maw={320}>
                    <Text size="sm" className="mono">
                      {address}
                    </Text>
                    <Text size="sm" c="dimmed" className="wrap" title={agent}>
                      {browserName(agent)}
                    </Text>
                    {current && <StatusWord tone="ok">{words.current}</StatusWord>}
                  </Table.Td>
                  {[times.created_at, times.last_seen, times.expires_at].map((time, index) => (
                    <Table.Td key={index} style={{ whiteSpace: 'nowrap' }}>
                      <RelativeTime time={time} />
                    </Table.Td>
                  ))}
                  <Table.Td>
                    {/* The operator ends the present session by signing out. */}
                    {!current && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={words.endOf(address, agent)}
                        loading={end.isPending && end.variables.session === session}
                        onClick={() => end.mutate({ operator: id, session }, { onSuccess })}
                      >
                        {words.end}
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </>
  )
}
