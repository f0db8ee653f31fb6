// The scopes as a table, each with its integrations and APIs.
import { Table, Text } from '@mantine/core'
import type { Scope } from 'latchkey/admin-api'
import { RowActions } from '../../components/row-actions.tsx'
import { count } from '../../components/times.ts'
import { platformText, scopesText as words } from '../../strings/platform.ts'

// The text is broken only if it does not fit, because the width of its column is computed from the whole text.
const WHOLE = { overflowWrap: 'break-word' } as const

export interface ScopeTableProps {
  readonly scopes: readonly Scope[]
  readonly mayEdit: boolean
  readonly onEdit: (scope: Scope) => void
  readonly onDelete: (scope: Scope) => void
}

export function ScopeTable({ scopes, mayEdit, onEdit, onDelete }: ScopeTableProps) {
  const { columns } = words
  return (
    <div className="scroll-table" role="region" aria-label={words.scopes} tabIndex={0}>
      <Table verticalSpacing={6} miw={820} aria-label={words.scopes}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.scope}</Table.Th>
            <Table.Th>{columns.audience}</Table.Th>
            <Table.Th>{columns.apis}</Table.Th>
            <Table.Th ta="right">{columns.integrations}</Table.Th>
            <Table.Th ta="right">{columns.live}</Table.Th>
            {mayEdit && <Table.Th>{platformText.actions}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scopes.map((scope) => (
            <Table.Tr key={scope.name}>
              <Table.Td maw={320}>
                <Text size="sm" fw={600} className="mono">
                  {scope.name}
                </Text>
                <Text size="sm" c="dimmed" className="wrap">
                  {scope.description}
                </Text>
              </Table.Td>
              <Table.Td maw={240}>
                <Text size="sm" className="mono" style={WHOLE}>
                  {scope.audience}
                </Text>
                {scope.audience_is_default && (
                  <Text size="sm" c="dimmed">
                    {words.serverAudience}
                  </Text>
                )}
              </Table.Td>
              <Table.Td maw={240}>
                <Text size="sm" className="wrap">
                  {scope.apis.length === 0 ? words.noApisOfScope : scope.apis.join(', ')}
                </Text>
              </Table.Td>
              <Table.Td ta="right">{count(scope.integrations)}</Table.Td>
              <Table.Td ta="right">{count(scope.live_tokens)}</Table.Td>
              {mayEdit && (
                <Table.Td>
                  <RowActions
                    editLabel={words.editScope(scope.name)}
                    deleteLabel={words.deleteScope(scope.name)}
                    onEdit={() => onEdit(scope)}
                    onDelete={() => onDelete(scope)}
                  />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
