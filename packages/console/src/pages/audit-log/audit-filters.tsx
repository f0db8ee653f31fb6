// Filters of the audit log: event, person or program, integration, and day.
import { Button, Group, Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { AuditEvent, RefusalEventName } from 'latchkey/admin-api'
import { operatorsQuery } from '../../api/platform-queries.ts'
import { integrationsQuery } from '../../api/queries.ts'
import { auditLogText as words, EVENT_WORDS } from '../../strings/activity.ts'
import type { AuditSearch } from './audit-search.ts'

export interface AuditFiltersProps {
  readonly search: AuditSearch
  /** The shown entries, whose actors can be chosen. */
  readonly events: readonly AuditEvent[]
  readonly onChange: (search: AuditSearch) => void
}

const ANY = 'any'
const EVENTS = Object.keys(EVENT_WORDS).toSorted()
const REFUSALS: Readonly<Record<RefusalEventName, true>> = { 'client.refused': true, 'operator.sign_in_failed': true }
const isRefusal = (event: string): boolean => Object.hasOwn(REFUSALS, event)

export function AuditFilters({ search, events, onChange }: AuditFiltersProps) {
  const { kind, event, from, to, actor, actorName, target, targetName } = search
  const ofKind = EVENTS.filter((name) => isRefusal(name) === (kind === 'refusals'))
  const operators = useQuery({ ...operatorsQuery, retry: false })
  const integrations = useQuery(integrationsQuery({ limit: 100, sort: 'name' }))
  const people = choices(
    [
      ...(operators.data ?? []).map(({ id, email }) => [id, email] as const),
      ...events.map((one) => [one.actor.id, one.actor.name] as const),
    ],
    actor === undefined ? undefined : [actor, actorName ?? actor],
  )
  const targets = choices(
    (integrations.data?.items ?? []).map(({ id, name }) => [id, name] as const),
    target === undefined ? undefined : [target, targetName ?? target],
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
        searchable
        allowDeselect={false}
        w={260}
        data={[
          { value: ANY, label: words.anyEvent },
          ...(event === undefined || ofKind.includes(event) ? ofKind : [event, ...ofKind]),
        ]}
        value={event ?? ANY}
        onChange={(value) => {
          const { event: _before, ...others } = search
          onChange(value === null || value === ANY ? others : { ...others, event: value })
        }}
      />
      <Select
        label={words.actor}
        placeholder={words.anybody}
        searchable
        clearable
        w={200}
        data={[...people]}
        value={actor ?? null}
        onChange={(id, option) => {
          const { actor: _id, actorName: _name, ...others } = search
          onChange(id === null ? others : { ...others, actor: id, actorName: option?.label ?? id })
        }}
      />
      <Select
        label={words.target}
        placeholder={words.anything}
        searchable
        clearable
        w={220}
        data={[...targets]}
        value={target ?? null}
        onChange={(id, option) => {
          const { target: _id, targetName: _name, ...others } = search
          onChange(id === null ? others : { ...others, target: id, targetName: option?.label ?? id })
        }}
      />
      <TextInput type="date" label={words.from} w={160} max={to} value={from ?? ''} onChange={day('from')} />
      <TextInput type="date" label={words.to} w={160} min={from} value={to ?? ''} onChange={day('to')} />
      {Object.keys(search).some((name) => name !== 'kind') && (
        <Button variant="subtle" onClick={() => onChange(kind === undefined ? {} : { kind })}>
          {words.clear}
        </Button>
      )}
    </Group>
  )
}

type Named = readonly [id: string, name: string]

/** Each actor once, in the order of the names. The chosen actor is always included. */
function choices(found: readonly Named[], chosen: Named | undefined): readonly { value: string; label: string }[] {
  const byId = new Map(chosen === undefined ? found : [...found, chosen])
  return [...byId]
    .map(([value, label]) => ({ value, label }))
    .toSorted((one, other) => one.label.localeCompare(other.label, 'en'))
}
