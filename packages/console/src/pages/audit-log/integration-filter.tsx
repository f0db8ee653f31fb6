// The filter of the audit log for one integration. The server finds the integrations, because there may be thousands.
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { integrationsQuery } from '../../api/queries.ts'
import { auditLogText as words } from '../../strings/activity.ts'
import type { AuditSearch } from './audit-search.ts'
import { choices } from './choices.ts'

const MOST = 20
const WAIT_MS = 120

export interface IntegrationFilterProps {
  readonly search: AuditSearch
  readonly onChange: (search: AuditSearch) => void
}

export function IntegrationFilter({ search, onChange }: IntegrationFilterProps) {
  const { target, targetName = target, ...others } = search
  const [text, setText] = useState(targetName ?? '')
  const [sought] = useDebouncedValue(text.trim(), WAIT_MS)
  const isSearch = sought !== '' && sought !== targetName
  const found = useQuery({
    ...integrationsQuery({ limit: MOST, sort: 'name', ...(isSearch && { search: sought }) }),
    placeholderData: keepPreviousData,
  })
  const items = found.data?.items.map(({ id, name }) => [id, name] as const) ?? []
  const ids = new Set(items.map(([id]) => id))
  return (
    <Select
      label={words.target}
      placeholder={words.anything}
      searchable
      clearable
      w={190}
      nothingFoundMessage={found.isFetching ? words.searching : words.noIntegration}
      data={[...choices(items, target === undefined ? undefined : [target, targetName ?? target])]}
      // The server has already found the integrations by its own rules, so the filter shows exactly these.
      filter={({ options }) => options.filter((option) => 'value' in option && ids.has(option.value))}
      onSearchChange={setText}
      value={target ?? null}
      onChange={(id, option) =>
        onChange(id === null ? others : { ...others, target: id, targetName: option?.label ?? id })
      }
    />
  )
}
