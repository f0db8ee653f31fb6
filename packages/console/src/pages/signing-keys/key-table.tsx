// The signing keys, the newest first, as a table or on a phone as cards.
import { Button, Table, Text } from '@mantine/core'
import type { SigningKey } from 'latchkey/admin-api'
import { CopyText } from '../../components/copy-text.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { StatusWord, type Tone } from '../../components/status-word.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
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
  const isNarrow = useIsNarrow()
  if (isNarrow) return <KeyCards {...{ keys, onRevoke }} />
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
                <Status {...key} />
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
                  <Revoke signingKey={key} onRevoke={onRevoke} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function KeyCards({ keys, onRevoke }: KeyTableProps) {
  const { columns } = words
  return (
    <RowCards label={words.list}>
      {keys.toReversed().map((key) => (
        <li key={key.kid}>
          <div className="row-card-head">
            <CopyText what={`key ID ${key.kid}`} value={key.kid} />
            <Status {...key} />
          </div>
          <dl className="facts">
            <dt>{columns.alg}</dt>
            <dd>{key.alg}</dd>
            <dt>{columns.signs}</dt>
            <dd>
              <RelativeTime time={key.signs_from} />
            </dd>
            <dt>{columns.accepted}</dt>
            <dd>
              <Accepted signingKey={key} />
            </dd>
          </dl>
          {onRevoke !== undefined && <Revoke signingKey={key} onRevoke={onRevoke} />}
        </li>
      ))}
    </RowCards>
  )
}

const Status = ({ status }: Pick<SigningKey, 'status'>) => (
  <StatusWord tone={TONES[status]}>{words.status[status]}</StatusWord>
)

interface RevokeProps {
  readonly signingKey: SigningKey
  readonly onRevoke: (key: SigningKey) => void
}

function Revoke({ signingKey, onRevoke }: RevokeProps) {
  if (signingKey.status === 'revoked') return null
  return (
    <Button
      size="compact-sm"
      variant="default"
      w="fit-content"
      aria-label={words.revokeOf(signingKey.kid)}
      onClick={() => onRevoke(signingKey)}
    >
      {words.revoke}
    </Button>
  )
}

function Accepted({ signingKey: { status, accepted_until: until } }: { readonly signingKey: SigningKey }) {
  if (status === 'revoked') return <Text size="sm">{words.notAccepted}</Text>
  if (status === 'next') return <Text size="sm">{words.never}</Text>
  return until === null ? <Text size="sm">{words.untilTheirEnd}</Text> : <RelativeTime time={until} />
}
