// The APIs as a table, each with its scope and its routes.
import { Table, Text } from '@mantine/core'
import type { Api } from 'latchkey/admin-api'
import { RowActions } from '../../components/row-actions.tsx'
import { platformText, scopesText as words } from '../../strings/platform.ts'

const MOST_ROUTES = 4

export interface ApiTableProps {
  readonly apis: readonly Api[]
  readonly mayEdit: boolean
  readonly onEdit: (api: Api) => void
  readonly onDelete: (api: Api) => void
}

export function ApiTable({ apis, mayEdit, onEdit, onDelete }: ApiTableProps) {
  const { columns } = words
  return (
    <div className="scroll-table" role="region" aria-label={words.apis} tabIndex={0}>
      <Table verticalSpacing={6} miw={720} aria-label={words.apis}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.api}</Table.Th>
            <Table.Th>{columns.scope}</Table.Th>
            <Table.Th>{columns.routes}</Table.Th>
            {mayEdit && <Table.Th>{platformText.actions}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {apis.map((api) => (
            <Table.Tr key={api.id}>
              <Table.Td maw={320}>
                <Text size="sm" fw={600} className="wrap">
                  {api.name}
                </Text>
                <Text size="sm" c="dimmed" className="wrap">
                  {api.description}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm" className="mono">
                  {api.scope}
                </Text>
              </Table.Td>
              <Table.Td maw={360}>
                {api.routes.slice(0, MOST_ROUTES).map((route) => (
                  <Text key={route} size="sm" className="mono">
                    {route}
                  </Text>
                ))}
                {api.routes.length > MOST_ROUTES && (
                  <Text size="sm">{words.moreRoutes(api.routes.length - MOST_ROUTES)}</Text>
                )}
              </Table.Td>
              {mayEdit && (
                <Table.Td>
                  <RowActions
                    editLabel={words.editApi(api.name)}
                    deleteLabel={words.deleteApi(api.name)}
                    onEdit={() => onEdit(api)}
                    onDelete={() => onDelete(api)}
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
