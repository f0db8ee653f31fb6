// The admin keys as a table: role, allowed addresses and last use of each.
import { Button, Table, Text } from '@mantine/core'
import type { AdminKey } from 'latchkey/admin-api'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { adminKeysText as words } from '../../strings/activity.ts'
import { platformText } from '../../strings/platform.ts'

const TONES: Readonly<Record<AdminKey['status'], Tone>> = { active: 'ok', expired: 'quiet', revoked: 'quiet' }

export interface AdminKeyTableProps {
  readonly keys: readonly AdminKey[]
  readonly onRevoke: (key: AdminKey) => void
}

export function AdminKeyTable({ keys, onRevoke }: AdminKeyTableProps) {
  const { columns } = words
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
                <Text size="sm" fw={600} className="wrap">
                  {key.name}
                </Text>
              </Table.Td>
              <Table.Td>{words.roles[key.role]}</Table.Td>
              <Table.Td>{key.loopback_only ? words.loopback : words.anywhere}</Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime time={key.created_at} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                {key.expires_at === null ? words.never : <RelativeTime time={key.expires_at} />}
              </Table.Td>
              <Table.Td>
                {key.last_used === null ? (
                  words.never
                ) : (
                  <>
                    <RelativeTime time={key.last_used.at} />
                    <Text size="sm" c="dimmed">
                      {key.last_used.address}
                    </Text>
                  </>
                )}
              </Table.Td>
              <Table.Td>
                <StatusWord tone={TONES[key.status]}>{words.status[key.status]}</StatusWord>
              </Table.Td>
              <Table.Td>
                {key.status === 'active' && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={words.revokeOf(key.name)}
                    onClick={() => onRevoke(key)}
                  >
                    {words.revoke}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
