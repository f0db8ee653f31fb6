// The sessions of one operator as a table, or on a phone as cards, each with the button that ends it.
import { Button, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import type { Operator, OperatorSession } from 'latchkey/admin-api'
import { Fragment } from 'react'
import { useEndSession } from '../../api/platform-acts.ts'
import { sessionsQuery } from '../../api/platform-queries.ts'
import { browserName } from '../../components/browser-name.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { platformText } from '../../strings/platform.ts'
import { operatorsText as words } from '../../strings/settings.ts'

export function SessionTable({ operator: { id, email } }: { readonly operator: Operator }) {
  const sessions = useQuery(sessionsQuery(id))
  const end = useEndSession()
  const isNarrow = useIsNarrow()
  if (sessions.data === undefined) {
    if (!sessions.isError) return <TableSkeleton label={words.loading} />
    return <ProblemAlert title={words.sessionsFailed} error={sessions.error} onRetry={() => void sessions.refetch()} />
  }
  const { sessionColumns: columns } = words
  const ending = (session: OperatorSession): EndProps => ({
    session,
    isPending: end.isPending && end.variables.session === session.id,
    onEnd: () =>
      end.mutate(
        { operator: id, session: session.id },
        { onSuccess: () => notifications.show({ message: words.ended }) },
      ),
  })
  return (
    <>
      <Text size="sm" c="dimmed">
        {words.sessionsLine}
      </Text>
      {end.error !== null && <ProblemAlert title={words.notEnded} error={end.error} />}
      {sessions.data.length === 0 && <Text>{words.noSessions}</Text>}
      {sessions.data.length > 0 && isNarrow && (
        <RowCards label={words.sessionsOf(email)}>
          {sessions.data.map((session) => (
            <li key={session.id}>
              <div>
                <Where {...session} />
              </div>
              <dl className="facts">
                {timesOf(session).map(({ name, time }) => (
                  <Fragment key={name}>
                    <dt>{columns[name]}</dt>
                    <dd>
                      <RelativeTime time={time} />
                    </dd>
                  </Fragment>
                ))}
              </dl>
              <End {...ending(session)} />
            </li>
          ))}
        </RowCards>
      )}
      {sessions.data.length > 0 && !isNarrow && (
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
              {sessions.data.map((session) => (
                <Table.Tr key={session.id}>
                  <Table.Td maw={320}>
                    <Where {...session} />
                  </Table.Td>
                  {timesOf(session).map(({ name, time }) => (
                    <Table.Td key={name} style={{ whiteSpace: 'nowrap' }}>
                      <RelativeTime time={time} />
                    </Table.Td>
                  ))}
                  <Table.Td>
                    <End {...ending(session)} />
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

const timesOf = (session: OperatorSession) =>
  [
    { name: 'since', time: session.created_at },
    { name: 'seen', time: session.last_seen },
    { name: 'ends', time: session.expires_at },
  ] as const

const Where = ({ address, user_agent: agent, current }: OperatorSession) => (
  <>
    <Text size="sm" className="mono">
      {address}
    </Text>
    <Text size="sm" c="dimmed" className="wrap" title={agent}>
      {browserName(agent)}
    </Text>
    {current && <StatusWord tone="ok">{words.current}</StatusWord>}
  </>
)

interface EndProps {
  readonly session: OperatorSession
  readonly isPending: boolean
  readonly onEnd: () => void
}

/** The operator ends the present session by signing out. */
function End({ session: { address, user_agent: agent, current }, isPending, onEnd }: EndProps) {
  if (current) return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      w="fit-content"
      aria-label={words.endOf(address, agent)}
      loading={isPending}
      onClick={onEnd}
    >
      {words.end}
    </Button>
  )
}
