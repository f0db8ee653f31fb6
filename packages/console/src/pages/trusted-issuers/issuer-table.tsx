// The trusted issuers as a table.
import { Table } from '@mantine/core'
import type { TrustedIssuer } from 'latchkey/admin-api'
import { issuerFormText, issuersText as words } from '../../strings/issuers.ts'
import { IssuerKeys, IssuerName, IssuerStatus } from './issuer-facts.tsx'

export interface IssuerListProps {
  readonly issuers: readonly TrustedIssuer[]
}

export function IssuerTable({ issuers }: IssuerListProps) {
  const { columns } = words
  return (
    <div className="scroll-table" role="region" aria-label={words.list} tabIndex={0}>
      <Table verticalSpacing="sm" miw={880} aria-label={words.list}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.name}</Table.Th>
            <Table.Th>{columns.platform}</Table.Th>
            <Table.Th>{columns.keys}</Table.Th>
            <Table.Th>{columns.status}</Table.Th>
            <Table.Th>{columns.used}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {issuers.map((issuer) => (
            <Table.Tr key={issuer.id} className="credential-row">
              <Table.Td maw={340}>
                <IssuerName issuer={issuer} />
              </Table.Td>
              <Table.Td>{issuerFormText.platforms[issuer.platform]}</Table.Td>
              <Table.Td maw={320}>
                <IssuerKeys issuer={issuer} />
              </Table.Td>
              <Table.Td>
                <IssuerStatus issuer={issuer} />
              </Table.Td>
              <Table.Td>{words.uses(issuer.used_by)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
