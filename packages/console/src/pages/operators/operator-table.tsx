// The operators as a table, each with its role, its status and the actions on it.
import { Button, Group, Table, Text } from '@mantine/core'
import type { Operator } from 'latchkey/admin-api'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
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
  const owners = operators.filter(({ role, status }) => role === 'owner' && status === 'active')
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
                <Text size="sm" fw={600} className="wrap">
                  {operator.email}
                </Text>
                {operator.id === ownId && (
                  <Text size="sm" c="dimmed">
                    {words.you}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{words.roles[operator.role]}</Table.Td>
              <Table.Td>
                <StatusWord tone={TONES[operator.status]}>{words.status[operator.status]}</StatusWord>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {operator.last_sign_in === null ? words.never : <RelativeTime time={operator.last_sign_in} />}
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime time={operator.created_at} />
              </Table.Td>
              <Table.Td>
                <Actions
                  operator={operator}
                  isLastOwner={owners.length === 1 && owners[0] === operator}
                  onAct={onAct}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

interface ActionsProps extends Pick<OperatorTableProps, 'onAct'> {
  readonly operator: Operator
  readonly isLastOwner: boolean
}

function Actions({ operator, isLastOwner, onAct }: ActionsProps) {
  const { email, status } = operator
  const acts = [
    ['sessions', words.sessions, words.sessionsOf(email)],
    ['change', words.change, words.changeOf(email)],
    // A disabled operator gets no link.
    ...(status === 'disabled' ? [] : ([['reset', words.reset, words.resetOf(email)]] as const)),
    // The server refuses to remove the last owner.
    ...(isLastOwner ? [] : ([['remove', words.remove, words.removeOf(email)]] as const)),
  ] as const
  return (
    <Group gap={4} wrap="nowrap">
      {acts.map(([act, label, full]) => (
        <Button key={act} size="compact-sm" variant="default" aria-label={full} onClick={() => onAct(act, operator)}>
          {label}
        </Button>
      ))}
    </Group>
  )
}
