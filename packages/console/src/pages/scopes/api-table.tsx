// The APIs as a table, or on a phone as cards, each with its scope and its routes.
import { Table, Text } from '@mantine/core'
import type { Api } from 'latchkey/admin-api'
import { RowActions } from '../../components/row-actions.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { platformText, scopesText as words } from '../../strings/platform.ts'

const MOST_ROUTES = 4

export interface ApiTableProps {
  readonly apis: readonly Api[]
  readonly mayEdit: boolean
  readonly onEdit: (api: Api) => void
  readonly onDelete: (api: Api) => void
}

export function ApiTable(props: ApiTableProps) {
  const { apis } = props
  const { columns } = words
  const isNarrow = useIsNarrow()
  if (isNarrow) return <ApiCards {...props} />
  return (
    <div className="scroll-table" role="region" aria-label={words.apis} tabIndex={0}>
      <Table verticalSpacing={6} miw={720} aria-label={words.apis}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{columns.api}</Table.Th>
            <Table.Th>{columns.scope}</Table.Th>
            <Table.Th>{columns.routes}</Table.Th>
            {props.mayEdit && <Table.Th>{platformText.actions}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {apis.map((api) => (
            <Table.Tr key={api.id}>
              <Table.Td maw={320}>
                <Name {...api} />
              </Table.Td>
              <Table.Td>
                <Text size="sm" className="mono">
                  {api.scope}
                </Text>
              </Table.Td>
              <Table.Td maw={360}>
                <Routes {...api} />
              </Table.Td>
              {props.mayEdit && (
                <Table.Td>
                  <Actions {...props} api={api} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function ApiCards(props: ApiTableProps) {
  const { columns } = words
  return (
    <RowCards label={words.apis}>
      {props.apis.map((api) => (
        <li key={api.id}>
          <div className="row-card-head">
            <div>
              <Name {...api} />
            </div>
            {props.mayEdit && <Actions {...props} api={api} />}
          </div>
          <dl className="facts">
            <dt>{columns.scope}</dt>
            <dd className="mono">{api.scope}</dd>
            <dt>{columns.routes}</dt>
            <dd>
              <Routes {...api} />
            </dd>
          </dl>
        </li>
      ))}
    </RowCards>
  )
}

const Name = ({ name, description }: Pick<Api, 'name' | 'description'>) => (
  <>
    <Text size="sm" fw={600} className="wrap">
      {name}
    </Text>
    <Text size="sm" c="dimmed" className="wrap">
      {description}
    </Text>
  </>
)

const Routes = ({ routes }: Pick<Api, 'routes'>) => (
  <>
    {routes.slice(0, MOST_ROUTES).map((route) => (
      <Text key={route} size="sm" className="mono">
        {route}
      </Text>
    ))}
    {routes.length > MOST_ROUTES && <Text size="sm">{words.moreRoutes(routes.length - MOST_ROUTES)}</Text>}
  </>
)

interface ActionsProps extends Pick<ApiTableProps, 'onEdit' | 'onDelete'> {
  readonly api: Api
}

const Actions = ({ api, onEdit, onDelete }: ActionsProps) => (
  <RowActions
    editLabel={words.editApi(api.name)}
    deleteLabel={words.deleteApi(api.name)}
    onEdit={() => onEdit(api)}
    onDelete={() => onDelete(api)}
  />
)
