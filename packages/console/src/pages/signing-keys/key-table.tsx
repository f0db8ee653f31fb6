// The signing keys as a table, the newest first.
import { Button, Table, Text } from '@mantine/core'
import type { SigningKey } from 'latchkey/admin-api'
import { CopyText } from '../../components/copy-text.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { platformText, signingKeysText as words } from '../../strings/platform.ts'

const TONES: Readonly<Record<SigningKey['status'], Tone>> = {
  next: 'warning',
  signing: 'ok',
  retired: 'quiet',
  revoked: 'danger',
}

export interface KeyTableProps {
  readonly keys: readonly SigningKey[]
  /** Undefined for operators who may not change keys. */
  readonly onRevoke: ((key: SigningKey) => void) | undefined
}

export function KeyTable({ keys, onRevoke }: KeyTableProps) {
  const { columns } = words
  return (
    <div className="scroll-table" role="region" aria-label={words.list} tabIndex={0}>
      <Table verticalSpacing={6} miw={900} aria-label={words.list}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.kid}</Table.Th>
            <Table.Th>{columns.alg}</Table.Th>
            <Table.Th>{columns.status}</Table.Th>
            <Table.Th>{columns.created}</Table.Th>
            <Table.Th>{columns.signs}</Table.Th>
            <Table.Th>{columns.accepted}</Table.Th>
            {onRevoke !== undefined && <Table.Th>{platformText.actions}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.toReversed().map((key) => (
            <Table.Tr key={key.kid}>
              <Table.Td className="one-line" style={{ whiteSpace: 'nowrap' }}>
                <CopyText what={`key ID ${key.kid}`} value={key.kid} />
              </Table.Td>
              <Table.Td>{key.alg}</Table.Td>
              <Table.Td>
                <StatusWord tone={TONES[key.status]}>{words.status[key.status]}</StatusWord>
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime time={key.created_at} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <RelativeTime time={key.signs_from} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'nowrap' }}>
                <Accepted signingKey={key} />
              </Table.Td>
              {onRevoke !== undefined && (
                <Table.Td>
                  {key.status !== 'revoked' && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      aria-label={words.revokeOf(key.kid)}
                      onClick={() => onRevoke(key)}
                    >
                      {words.revoke}
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function Accepted({ signingKey: { status, accepted_until: until } }: { readonly signingKey: SigningKey }) {
  if (status === 'revoked') return <Text size="sm">{words.notAccepted}</Text>
  if (status === 'next') return <Text size="sm">{words.never}</Text>
  return until === null ? <Text size="sm">{words.untilTheirEnd}</Text> : <RelativeTime time={until} />
}
