// Filters of the audit log: event, day, actor and target.
import { Button, Group, Select, TextInput } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { auditLogText as words, EVENT_WORDS } from '../../strings/activity.ts'
import type { AuditSearch } from './audit-search.ts'

export interface AuditFiltersProps {
  readonly search: AuditSearch
  readonly onChange: (search: AuditSearch) => void
}

const ANY = 'any'
const EVENTS = Object.keys(EVENT_WORDS).toSorted()

export function AuditFilters({ search, onChange }: AuditFiltersProps) {
  const { event, from, to, actor, actorName, target, targetName } = search
  const day = (name: 'from' | 'to') => (given: { currentTarget: { value: string } }) => {
    const { [name]: _before, ...others } = search
    const value = given.currentTarget.value
    onChange(value === '' ? others : { ...others, [name]: value })
  }
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label={words.filters}>
      <Select
        label={words.event}
        searchable
        allowDeselect={false}
        w={260}
        data={[
          { value: ANY, label: words.anyEvent },
          ...(event === undefined || EVENTS.includes(event) ? EVENTS : [event, ...EVENTS]),
        ]}
        value={event ?? ANY}
        onChange={(value) => {
          const { event: _before, ...others } = search
          onChange(value === null || value === ANY ? others : { ...others, event: value })
        }}
      />
      <TextInput type="date" label={words.from} w={160} max={to} value={from ?? ''} onChange={day('from')} />
      <TextInput type="date" label={words.to} w={160} min={from} value={to ?? ''} onChange={day('to')} />
      {actor !== undefined && (
        <Button
          variant="default"
          rightSection={<IconX size={14} aria-label={words.dropActor} />}
          onClick={() => {
            const { actor: _id, actorName: _name, ...others } = search
            onChange(others)
          }}
        >
          {words.actorIs(actorName ?? actor)}
        </Button>
      )}
      {target !== undefined && (
        <Button
          variant="default"
          rightSection={<IconX size={14} aria-label={words.dropTarget} />}
          onClick={() => {
            const { target: _id, targetName: _name, ...others } = search
            onChange(others)
          }}
        >
          {words.targetIs(targetName ?? target)}
        </Button>
      )}
      {Object.keys(search).length > 0 && (
        <Button variant="subtle" onClick={() => onChange({})}>
          {words.clear}
        </Button>
      )}
    </Group>
  )
}
