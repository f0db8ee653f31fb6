// The members of a token, each with what it means.
import { Table, Text } from '@mantine/core'
import { tryText as words } from '../strings/try.ts'
import { claimMeaning } from './claim-meaning.ts'

export interface ClaimTableProps {
  readonly title: string
  readonly claims: Readonly<Record<string, unknown>>
  /** The heading of the column with the names. Default: the names are called claims. */
  readonly heading?: string
}

export function ClaimTable({ title, claims, heading = words.claim }: ClaimTableProps) {
  return (
    <div className="scroll-table" tabIndex={0} role="region" aria-label={title}>
      <Table miw={480} aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{heading}</Table.Th>
            <Table.Th>{words.value}</Table.Th>
            <Table.Th>{words.meaning}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {Object.entries(claims).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td>
                <Text size="sm" className="mono">
                  {name}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm" className="mono">
                  {typeof value === 'string' ? value : JSON.stringify(value)}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{claimMeaning(name, value)}</Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
