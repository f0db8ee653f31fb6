// The operators as a table or on a phone as cards, each with its role, its status and the actions on it.
import { Button, Group, Table, Text } from '@mantine/core'
import type { Operator } from 'latchkey/admin-api'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { platformText } from '../../strings/platform.ts'
import { operatorsText as words } from '../../strings/settings.ts'

export type OperatorAct = 'change' | 'reset' | 'remove'

const TONES: Readonly<Record<Operator['status'], Tone>> = { active: 'ok', invited: 'warning', disabled: 'quiet' }

export interface OperatorTableProps {
  readonly operators: readonly Operator[]
  readonly ownId: string | undefined
  readonly onAct: (act: OperatorAct | 'sessions', operator: Operator) => void
}

export function OperatorTable({ operators, ownId, onAct }: OperatorTableProps) {
  const { columns } = words
  const isNarrow = useIsNarrow()
  if (isNarrow) return <OperatorCards {...{ operators, ownId, onAct }} />
  return (
    <div className="scroll-table" role="region" aria-label={words.list} tabIndex={0}>
      <Table verticalSpacing={6} miw={880} aria-label={words.list}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.email}</Table.Th>
            <Table.Th>{columns.role}</Table.Th>
            <Table.Th>{columns.status}</Table.Th>
            <Table.Th>{columns.signIn}</Table.Th>
            <Table.Th>{columns.created}</Table.Th>
            <Table.Th>{platformText.actions}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {operators.map((operator) => (
            <Table.Tr key={operator.id}>
              <Table.Td maw={260}>
                <Name operator={operator} ownId={ownId} />
              </Table.Td>
              <Table.Td>{words.roles[operator.role]}</Table.Td>
              <Table.Td>
                <Status {...operator} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <LastSignIn {...operator} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime time={operator.created_at} />
              </Table.Td>
              <Table.Td>
                <Actions operator={operator} isLast={isLastOwner(operators, operator)} onAct={onAct} wrap="nowrap" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function OperatorCards({ operators, ownId, onAct }: OperatorTableProps) {
  return (
    <RowCards label={words.list}>
      {operators.map((operator) => (
        <li key={operator.id}>
          <div className="row-card-head">
            <div>
              <Name operator={operator} ownId={ownId} />
            </div>
            <Status {...operator} />
          </div>
          <div className="row-card-line">
            <Text span size="sm">
              {words.roles[operator.role]}
            </Text>
            <Text span size="xs" c="dimmed">
              {words.columns.signIn}: <LastSignIn {...operator} />
            </Text>
          </div>
          <Actions operator={operator} isLast={isLastOwner(operators, operator)} onAct={onAct} wrap="wrap" />
        </li>
      ))}
    </RowCards>
  )
}

/** The server refuses to remove the last owner. */
function isLastOwner(operators: readonly Operator[], operator: Operator): boolean {
  const owners = operators.filter(({ role, status }) => role === 'owner' && status === 'active')
  return owners.length === 1 && owners[0] === operator
}

function Name({ operator: { id, email }, ownId }: Pick<OperatorTableProps, 'ownId'> & { readonly operator: Operator }) {
  return (
    <>
      <Text size="sm" fw={600} className="wrap">
        {email}
      </Text>
      {id === ownId && (
        <Text size="sm" c="dimmed">
          {words.you}
        </Text>
      )}
    </>
  )
}

const Status = ({ status }: Pick<Operator, 'status'>) => (
  <StatusWord tone={TONES[status]}>{words.status[status]}</StatusWord>
)

const LastSignIn = ({ last_sign_in: time }: Pick<Operator, 'last_sign_in'>) =>
  time === null ? words.never : <RelativeTime time={time} />

interface ActionsProps extends Pick<OperatorTableProps, 'onAct'> {
  readonly operator: Operator
  readonly isLast: boolean
  readonly wrap: 'wrap' | 'nowrap'
}

function Actions({ operator, isLast, onAct, wrap }: ActionsProps) {
  const { email, status } = operator
  const acts = [
    ['sessions', words.sessions, words.sessionsOf(email)],
    ['change', words.change, words.changeOf(email)],
    // A disabled operator gets no link.
    ...(status === 'disabled' ? [] : ([['reset', words.reset, words.resetOf(email)]] as const)),
    ...(isLast ? [] : ([['remove', words.remove, words.removeOf(email)]] as const)),
  ] as const
  return (
    <Group gap={4} wrap={wrap}>
      {acts.map(([act, label, full]) => (
        <Button key={act} size="compact-sm" variant="default" aria-label={full} onClick={() => onAct(act, operator)}>
          {label}
        </Button>
      ))}
    </Group>
  )
}
