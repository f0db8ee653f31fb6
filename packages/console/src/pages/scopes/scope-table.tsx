// The scopes as a table, or on a phone as cards, each with its integrations and APIs.
import { Table, Text } from '@mantine/core'
import type { Scope } from 'latchkey/admin-api'
import { RowActions } from '../../components/row-actions.tsx'
import { RowCards } from '../../components/row-cards.tsx'
import { count } from '../../components/times.ts'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { platformText, scopesText as words } from '../../strings/platform.ts'

// The text is broken only if it does not fit, because the width of its column is computed from the whole text.
const WHOLE = { overflowWrap: 'break-word' } as const

export interface ScopeTableProps {
  readonly scopes: readonly Scope[]
  readonly mayEdit: boolean
  readonly onEdit: (scope: Scope) => void
  readonly onDelete: (scope: Scope) => void
}

export function ScopeTable(props: ScopeTableProps) {
  const { scopes } = props
  const { columns } = words
  const isNarrow = useIsNarrow()
  if (isNarrow) return <ScopeCards {...props} />
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
            {props.mayEdit && <Table.Th>{platformText.actions}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scopes.map((scope) => (
            <Table.Tr key={scope.name}>
              <Table.Td maw={320}>
                <Name {...scope} />
              </Table.Td>
              <Table.Td maw={240}>
                <Audience {...scope} />
              </Table.Td>
              <Table.Td maw={240}>
                <Text size="sm" className="wrap">
                  {apisOf(scope)}
                </Text>
              </Table.Td>
              <Table.Td ta="right">{count(scope.integrations)}</Table.Td>
              <Table.Td ta="right">{count(scope.live_tokens)}</Table.Td>
              {props.mayEdit && (
                <Table.Td>
                  <Actions {...props} scope={scope} />
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function ScopeCards(props: ScopeTableProps) {
  const { columns } = words
  return (
    <RowCards label={words.scopes}>
      {props.scopes.map((scope) => (
        <li key={scope.name}>
          <div className="row-card-head">
            <div>
              <Name {...scope} />
            </div>
            {props.mayEdit && <Actions {...props} scope={scope} />}
          </div>
          <dl className="facts">
            <dt>{columns.audience}</dt>
            <dd>
              <Audience {...scope} />
            </dd>
            <dt>{columns.apis}</dt>
            <dd className="wrap">{apisOf(scope)}</dd>
            <dt>{columns.integrations}</dt>
            <dd>{count(scope.integrations)}</dd>
            <dt>{columns.live}</dt>
            <dd>{count(scope.live_tokens)}</dd>
          </dl>
        </li>
      ))}
    </RowCards>
  )
}

const apisOf = ({ apis }: Pick<Scope, 'apis'>): string => (apis.length === 0 ? words.noApisOfScope : apis.join(', '))

const Name = ({ name, description }: Pick<Scope, 'name' | 'description'>) => (
  <>
    <Text size="sm" fw={600} className="mono">
      {name}
    </Text>
    <Text size="sm" c="dimmed" className="wrap">
      {description}
    </Text>
  </>
)

const Audience = ({ audience, audience_is_default: isDefault }: Pick<Scope, 'audience' | 'audience_is_default'>) => (
  <>
    <Text size="sm" className="mono" style={WHOLE}>
      {audience}
    </Text>
    {isDefault && (
      <Text size="sm" c="dimmed">
        {words.serverAudience}
      </Text>
    )}
  </>
)

interface ActionsProps extends Pick<ScopeTableProps, 'onEdit' | 'onDelete'> {
  readonly scope: Scope
}

const Actions = ({ scope, onEdit, onDelete }: ActionsProps) => (
  <RowActions
    editLabel={words.editScope(scope.name)}
    deleteLabel={words.deleteScope(scope.name)}
    onEdit={() => onEdit(scope)}
    onDelete={() => onDelete(scope)}
  />
)
