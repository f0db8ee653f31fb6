// The search field and filters of the list: text, status and scope.
import { Group, Kbd, NativeSelect, SegmentedControl, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { IntegrationPage } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { scopesQuery } from '../../api/queries.ts'
import { count } from '../../components/times.ts'
import { t } from '../../strings.ts'
import type { ListPageSearch } from './list-search.ts'

const WAIT_MS = 80

export interface ListToolbarProps {
  readonly search: ListPageSearch
  readonly counts: IntegrationPage['counts'] | undefined
  readonly onChange: (search: ListPageSearch, replace?: boolean) => void
}

export function ListToolbar({ search, counts, onChange }: ListToolbarProps) {
  const { data: scopes = [] } = useQuery(scopesQuery)
  const number = (status: keyof IntegrationPage['counts']) =>
    counts === undefined ? '' : ` (${count(counts[status])})`
  const { sort, status, scope, search: words } = search
  const kept = {
    ...(sort && { sort }),
    ...(status && { status }),
    ...(scope && { scope }),
    ...(words && { search: words }),
  }
  return (
    <Group gap="sm" align="flex-end">
      <SearchField
        value={words ?? ''}
        onSearch={(text) => {
          const { search: _before, ...others } = kept
          onChange(text === '' ? others : { ...others, search: text }, true)
        }}
      />
      <SegmentedControl
        aria-label={t.list.statusLabel}
        value={status ?? 'all'}
        data={[
          { value: 'all', label: t.list.all + number('all') },
          { value: 'active', label: t.list.active + number('active') },
          { value: 'disabled', label: t.list.disabled + number('disabled') },
        ]}
        onChange={(value) => {
          const { status: _before, ...others } = kept
          onChange(value === 'active' || value === 'disabled' ? { ...others, status: value } : others)
        }}
      />
      <NativeSelect
        aria-label={t.list.scopeLabel}
        maw="100%"
        value={scope ?? ''}
        data={[
          { value: '', label: t.list.anyScope },
          ...scopes.map(({ name, integrations }) => ({ value: name, label: `${name} (${count(integrations)})` })),
        ]}
        onChange={(event) => {
          const { scope: _before, ...others } = kept
          const { value } = event.currentTarget
          onChange(value === '' ? others : { ...others, scope: value })
        }}
      />
    </Group>
  )
}

interface SearchFieldProps {
  readonly value: string
  readonly onSearch: (text: string) => void
}

function SearchField({ value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<number | undefined>(undefined)
  /** Kept until the address has them. The address follows later, maybe after the next letter. */
  const sent = useRef<string[]>([])
  const search = (next: string) => {
    if (next !== value) sent.current.push(next)
    onSearch(next)
  }
  useEffect(() => {
    const own = sent.current.lastIndexOf(value)
    sent.current.splice(0, own === -1 ? Infinity : own + 1)
    // The back button or clearing the filters may change the address.
    if (own === -1) setText(value)
  }, [value])
  useEffect(() => () => clearTimeout(timer.current), [])
  useHotkeys([['/', () => field.current?.focus()]])
  return (
    <TextInput
      ref={field}
      type="search"
      aria-label={t.list.searchLabel}
      aria-keyshortcuts="/"
      placeholder={t.list.search}
      flex="1 1 14rem"
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={text === '' && <Kbd size="xs">/</Kbd>}
      value={text}
      // The focus must not return here if the operator has moved to a link in the list.
      onBlur={() => {
        clearTimeout(timer.current)
        if (text.trim() !== value) search(text.trim())
      }}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        clearTimeout(timer.current)
        timer.current = window.setTimeout(() => search(next.trim()), WAIT_MS)
      }}
    />
  )
}
