// Filters of the audit log: event, person or program, integration, and day.
import { Button, Group, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AuditEvent } from 'latchkey/admin-api'
import { operatorsQuery } from '../../api/platform-queries.ts'
import { auditLogText as words } from '../../strings/activity.ts'
import type { AuditSearch } from './audit-search.ts'
import { choices } from './choices.ts'
import { eventOptions, findEvents } from './event-options.ts'
import { IntegrationFilter } from './integration-filter.tsx'

export interface AuditFiltersProps {
  readonly search: AuditSearch
  /** The shown entries, whose actors can be chosen. */
  readonly events: readonly AuditEvent[]
  readonly onChange: (search: AuditSearch) => void
}

export function AuditFilters({ search, events, onChange }: AuditFiltersProps) {
  const { kind, event, from, to, actor, actorName } = search
  const options = eventOptions(kind, event)
  const operators = useQuery({ ...operatorsQuery, retry: false })
  const people = choices(
    [
      ...(operators.data ?? []).map(({ id, email }) => [id, email] as const),
      ...events.map((one) => [one.actor.id, one.actor.name] as const),
    ],
    actor === undefined ? undefined : [actor, actorName ?? actor],
  )
  const day = (name: 'from' | 'to') => (given: { currentTarget: { value: string } }) => {
    const { [name]: _before, ...others } = search
    const value = given.currentTarget.value
    onChange(value === '' ? others : { ...others, [name]: value })
  }
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label={words.filters}>
      <Select
        label={words.event}
        placeholder={words.anyEvent}
        searchable
        clearable
        w={230}
        nothingFoundMessage={words.noEvent}
        data={[...options]}
        filter={({ search: text }) => [...findEvents(options, text)]}
        value={event ?? null}
        onChange={(value) => {
          const { event: _before, ...others } = search
          onChange(value === null ? others : { ...others, event: value })
        }}
      />
      <Select
        label={words.actor}
        placeholder={words.anybody}
        searchable
        clearable
        w={190}
        data={[...people]}
        value={actor ?? null}
        onChange={(id, option) => {
          const { actor: _id, actorName: _name, ...others } = search
          onChange(id === null ? others : { ...others, actor: id, actorName: option?.label ?? id })
        }}
      />
      <IntegrationFilter search={search} onChange={onChange} />
      <TextInput type="date" label={words.from} w={150} max={to} value={from ?? ''} onChange={day('from')} />
      <TextInput type="date" label={words.to} w={150} min={from} value={to ?? ''} onChange={day('to')} />
      {Object.keys(search).some((name) => name !== 'kind') && (
        <Button variant="subtle" onClick={() => onChange(kind === undefined ? {} : { kind })}>
          {words.clear}
        </Button>
      )}
    </Group>
  )
}
