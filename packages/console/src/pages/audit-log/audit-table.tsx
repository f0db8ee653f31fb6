// The entries as a table in words, each with a row of details that can be opened.
import { ActionIcon, Table, Text, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type { AuditEvent } from 'latchkey/admin-api'
import { Fragment, useState } from 'react'
import { flipped } from '../../components/selection.ts'
import { dayText, exact } from '../../components/times.ts'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { auditLogText as words } from '../../strings/activity.ts'
import { pagesText } from '../../strings/pages.ts'
import { AuditDetails } from './audit-details.tsx'
import type { AuditSearch } from './audit-search.ts'
import { AuditTarget } from './audit-target.tsx'
import { sentenceOf } from './sentence-of.ts'

export interface AuditTableProps {
  readonly events: readonly AuditEvent[]
  readonly search: AuditSearch
  readonly onFilter: (search: AuditSearch) => void
}

export function AuditTable({ events, search, onFilter }: AuditTableProps) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const { columns } = words
  // A phone has no room for the address, which the details of an entry repeat.
  const isNarrow = useIsNarrow()
  const width = isNarrow ? 3 : 4
  return (
    <div className="scroll-table" role="region" aria-label={pagesText.pages.audit} tabIndex={0}>
      <Table verticalSpacing={4} {...(!isNarrow && { miw: 680 })} aria-label={pagesText.pages.audit}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={isNarrow ? 60 : 90}>{columns.details}</Table.Th>
            <Table.Th w={isNarrow ? 80 : 110}>{columns.time}</Table.Th>
            <Table.Th>{columns.what}</Table.Th>
            {!isNarrow && <Table.Th w={180}>{columns.address}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {events.map((event, index) => {
            const previous = events[index - 1]
            const isNewDay = previous?.at.slice(0, 10) !== event.at.slice(0, 10)
            const isOpen = opened.has(event.id)
            const Chevron = isOpen ? IconChevronDown : IconChevronRight
            return (
              <Fragment key={event.id}>
                {isNewDay && (
                  <Table.Tr bg="var(--lk-panel)">
                    <Table.Th colSpan={width} scope="rowgroup">
                      {dayText(event.at, Date.now())}
                    </Table.Th>
                  </Table.Tr>
                )}
                <Table.Tr>
                  <Table.Td>
                    <ActionIcon
                      size={26}
                      aria-label={words.show(event.seq)}
                      aria-expanded={isOpen}
                      onClick={() => setOpened(flipped(opened, event.id))}
                    >
                      <Chevron size={16} />
                    </ActionIcon>
                  </Table.Td>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <ClockTime time={event.at} />
                  </Table.Td>
                  <Table.Td>
                    <Sentence event={event} />
                  </Table.Td>
                  {!isNarrow && (
                    <Table.Td>
                      <Text size="sm">{event.actor.address || words.local}</Text>
                    </Table.Td>
                  )}
                </Table.Tr>
                {isOpen && (
                  <Table.Tr bg="var(--lk-panel)">
                    <Table.Td colSpan={width}>
                      <AuditDetails event={event} search={search} onFilter={onFilter} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            )
          })}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** Shows the time of day only, because the day is the heading above the rows. */
function ClockTime({ time }: { readonly time: string }) {
  return (
    <Tooltip label={exact(time)}>
      <time dateTime={time} tabIndex={0}>
        {time.slice(11, 19)}
      </time>
    </Tooltip>
  )
}

function Sentence({ event }: { readonly event: AuditEvent }) {
  const { before, name, after } = sentenceOf(event)
  return (
    <Text size="sm" className="wrap">
      <Text span inherit fw={600}>
        {event.actor.name}
      </Text>{' '}
      {before}
      {name !== '' && <AuditTarget event={event} />}
      {after}
    </Text>
  )
}
