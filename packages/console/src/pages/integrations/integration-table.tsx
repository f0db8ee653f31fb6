// The integrations of one page of the list, as a table. A click on a column heading sorts it.
import { Table, VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconArrowsSort } from '@tabler/icons-react'
import type { Integration } from 'latchkey/admin-api'
import { startTransition, useEffect, useState } from 'react'
import { flipped, selectedShare } from '../../components/selection.ts'
import { Tick } from '../../components/tick.tsx'
import { t } from '../../strings.ts'
import { IntegrationRow } from './integration-row.tsx'
import { directionOf, type SortColumn, type SortOrder, toggled } from './list-search.ts'

export interface IntegrationTableProps {
  readonly items: readonly Integration[]
  readonly sort: SortOrder | undefined
  /** The IDs of the selected integrations. Undefined for operators who may not change integrations. */
  readonly selected: ReadonlySet<string> | undefined
  readonly onSelect: (ids: ReadonlySet<string>) => void
  readonly onSort: (order: SortOrder | undefined) => void
}

/** The number of rows that are rendered first, because a window shows no more. The others follow a moment later. */
const FIRST = 15

export function IntegrationTable({ items, sort, selected, onSelect, onSort }: IntegrationTableProps) {
  const { columns } = t.list
  const [isWhole, setWhole] = useState(false)
  useEffect(() => startTransition(() => setWhole(true)), [])
  const ids = items.map(({ id }) => id)
  const share = selectedShare(selected ?? new Set(), ids)
  const head = (column: SortColumn, title: string) => (
    <SortHead title={title} direction={directionOf(sort, column)} onSort={() => onSort(toggled(sort, column))} />
  )
  return (
    <div className="scroll-table" role="region" aria-label={t.list.title} tabIndex={0}>
      <Table highlightOnHover fz={13} horizontalSpacing={8} miw={940} aria-label={t.list.title}>
        <Table.Thead>
          <Table.Tr>
            {selected !== undefined && (
              <Table.Th w={40}>
                <Tick
                  label={t.list.selectAll}
                  isChecked={share === 'all'}
                  isPartial={share === 'some'}
                  onChange={() => onSelect(new Set(share === 'all' ? [] : ids))}
                />
              </Table.Th>
            )}
            {head('name', columns.name)}
            <Table.Th>{columns.status}</Table.Th>
            <SortHead
              title={columns.attention}
              direction={sort === undefined ? 'descending' : 'none'}
              onSort={() => onSort(undefined)}
            />
            <Table.Th>{columns.live}</Table.Th>
            <Table.Th>{columns.hours}</Table.Th>
            {head('last_used', columns.used)}
            {selected !== undefined && (
              <Table.Th w={44}>
                <VisuallyHidden>{t.list.actions}</VisuallyHidden>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {(isWhole ? items : items.slice(0, FIRST)).map((integration) => (
            <IntegrationRow
              key={integration.id}
              integration={integration}
              isSelected={selected?.has(integration.id)}
              onSelect={() => onSelect(flipped(selected ?? new Set(), integration.id))}
            />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

interface SortHeadProps {
  readonly title: string
  readonly direction: 'ascending' | 'descending' | 'none'
  readonly onSort: () => void
}

function SortHead({ title, direction, onSort }: SortHeadProps) {
  const Icon = direction === 'none' ? IconArrowsSort : direction === 'ascending' ? IconArrowUp : IconArrowDown
  return (
    <Table.Th aria-sort={direction}>
      <button type="button" className="sort-button" onClick={onSort}>
        {title}
        <Icon size={14} aria-hidden />
      </button>
    </Table.Th>
  )
}
