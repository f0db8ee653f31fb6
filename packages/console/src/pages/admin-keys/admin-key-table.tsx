// The admin keys as a table, or on a phone as cards: role, allowed addresses and last use of each.
import { Button, Table, Text } from '@mantine/core'
import type { AdminKey } from 'latchkey/admin-api'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { adminKeysText as words } from '../../strings/activity.ts'
import { platformText } from '../../strings/platform.ts'

const TONES: Readonly<Record<AdminKey['status'], Tone>> = { active: 'ok', expired: 'quiet', revoked: 'quiet' }

export interface AdminKeyTableProps {
  readonly keys: readonly AdminKey[]
  readonly onRevoke: (key: AdminKey) => void
}

export function AdminKeyTable({ keys, onRevoke }: AdminKeyTableProps) {
  const { columns } = words
  const isNarrow = useIsNarrow()
  if (isNarrow) return <AdminKeyCards {...{ keys, onRevoke }} />
  return (
    <div className="scroll-table" role="region" aria-label={words.list} tabIndex={0}>
      <Table verticalSpacing={6} miw={900} aria-label={words.list}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.role}</Table.Th>
            <Table.Th>{columns.from}</Table.Th>
            <Table.Th>{columns.created}</Table.Th>
            <Table.Th>{columns.expires}</Table.Th>
            <Table.Th>{columns.used}</Table.Th>
            <Table.Th>{columns.status}</Table.Th>
            <Table.Th>{platformText.actions}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td maw={260}>
                <Name {...key} />
              </Table.Td>
              <Table.Td>{words.roles[key.role]}</Table.Td>
              <Table.Td>{key.loopback_only ? words.loopback : words.anywhere}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime time={key.created_at} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <Expiry {...key} />
              </Table.Td>
              <Table.Td>
                <LastUse {...key} />
              </Table.Td>
              <Table.Td>
                <Status {...key} />
              </Table.Td>
              <Table.Td>
                <Revoke adminKey={key} onRevoke={onRevoke} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function AdminKeyCards({ keys, onRevoke }: AdminKeyTableProps) {
  const { columns } = words
  return (
    <RowCards label={words.list}>
      {keys.map((key) => (
        <li key={key.id}>
          <div className="row-card-head">
            <Name {...key} />
            <Status {...key} />
          </div>
          <dl className="facts">
            <dt>{columns.role}</dt>
            <dd>{words.roles[key.role]}</dd>
            <dt>{columns.from}</dt>
            <dd>{key.loopback_only ? words.loopback : words.anywhere}</dd>
            <dt>{columns.expires}</dt>
            <dd>
              <Expiry {...key} />
            </dd>
            <dt>{columns.used}</dt>
            <dd>
              <LastUse {...key} />
            </dd>
          </dl>
          <Revoke adminKey={key} onRevoke={onRevoke} />
        </li>
      ))}
    </RowCards>
  )
}

const Name = ({ name }: Pick<AdminKey, 'name'>) => (
  <Text size="sm" fw={600} className="wrap">
    {name}
  </Text>
)

const Status = ({ status }: Pick<AdminKey, 'status'>) => (
  <StatusWord tone={TONES[status]}>{words.status[status]}</StatusWord>
)

const Expiry = ({ expires_at: time }: Pick<AdminKey, 'expires_at'>) =>
  time === null ? words.never : <RelativeTime time={time} />

const LastUse = ({ last_used: use }: Pick<AdminKey, 'last_used'>) =>
  use === null ? (
    words.never
  ) : (
    <>
      <RelativeTime time={use.at} />
      <Text size="sm" c="dimmed">
        {use.address}
      </Text>
    </>
  )

interface RevokeProps {
  readonly adminKey: AdminKey
  readonly onRevoke: (key: AdminKey) => void
}

function Revoke({ adminKey, onRevoke }: RevokeProps) {
  if (adminKey.status !== 'active') return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      w="fit-content"
      aria-label={words.revokeOf(adminKey.name)}
      onClick={() => onRevoke(adminKey)}
    >
      {words.revoke}
    </Button>
  )
}
