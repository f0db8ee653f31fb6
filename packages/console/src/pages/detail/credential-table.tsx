// The credentials of an integration as a table.
import { Table } from '@mantine/core'
import { RelativeTime } from '../../components/relative-time.tsx'
import { authenticationText as words } from '../../strings/authentication.ts'
import { platformText } from '../../strings/platform.ts'
import type { AnyCredential } from './any-credential.ts'
import {
  CredentialNames,
  CredentialStatus,
  CredentialTitle,
  EndButton,
  LastUse,
  SafeToEnd,
} from './credential-facts.tsx'

export interface CredentialListProps {
  readonly credentials: readonly AnyCredential[]
  /** Undefined for operators who may not end credentials. */
  readonly onEnd: ((credential: AnyCredential) => void) | undefined
}

export function CredentialTable({ credentials, onEnd }: CredentialListProps) {
  const { columns } = words
  return (
    <div className="scroll-table" role="region" aria-label={words.title} tabIndex={0}>
      <Table verticalSpacing="sm" miw={880} aria-label={words.title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.credential}</Table.Th>
            <Table.Th>{columns.status}</Table.Th>
            <Table.Th>{columns.created}</Table.Th>
            <Table.Th>{columns.used}</Table.Th>
            <Table.Th>{columns.safe}</Table.Th>
            {onEnd !== undefined && <Table.Th>{platformText.actions}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {credentials.map((credential) => (
            <Table.Tr key={credential.id} className="credential-row">
              <Table.Td>
                <CredentialTitle credential={credential} />
                <CredentialNames credential={credential} />
              </Table.Td>
              <Table.Td>
                <CredentialStatus credential={credential} />
              </Table.Td>
              <Table.Td>
                <RelativeTime time={credential.created_at} />
              </Table.Td>
              <Table.Td>
                <LastUse credential={credential} />
              </Table.Td>
              <Table.Td>
                <SafeToEnd credential={credential} />
              </Table.Td>
              {onEnd !== undefined && (
                <Table.Td>
                  <EndButton credential={credential} onEnd={onEnd} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
