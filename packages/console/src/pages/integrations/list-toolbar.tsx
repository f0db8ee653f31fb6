// The search field and filters of the list: text, status, scope and what needs attention.
import { Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { IntegrationPage } from 'latchkey/admin-api'
import { useEffect, useRef, useState } from 'react'
import { scopesQuery } from '../../api/queries.ts'
import { count } from '../../components/times.ts'
import { t } from '../../strings.ts'
import { AttentionChips } from './attention-chips.tsx'
import { DEFAULT_ORDER, type ListPageSearch, ORDERS } from './list-search.ts'

/** The least time between two searches. */
const WAIT_MS = 80
const STATES = ['all', 'active', 'disabled'] as const

export interface ListToolbarProps {
  readonly search: ListPageSearch
  /** Undefined while it is loaded. */
  readonly page: IntegrationPage | undefined
  /** True on a phone. Its cards have no headings that sort them, so the toolbar offers the order. */
  readonly isNarrow: boolean
  readonly onChange: (search: ListPageSearch, replace?: boolean) => void
}

export function ListToolbar({ search, page, isNarrow, onChange }: ListToolbarProps) {
  const counts = page?.counts
  const { data: scopes = [] } = useQuery(scopesQuery)
  const number = (status: keyof IntegrationPage['counts']) =>
    counts === undefined ? '' : ` (${count(counts[status])})`
  const { sort, status, scope, attention, search: words } = search
  const kept = {
    ...(sort && { sort }),
    ...(status && { status }),
    ...(scope && { scope }),
    ...(attention && { attention }),
    ...(words && { search: words }),
  }
  return (
    <Stack gap="xs">
      <Group gap="sm" align="flex-end">
        <SearchField
          value={words ?? ''}
          onSearch={(text) => {
            const { search: _before, ...others } = kept
            onChange(text === '' ? others : { ...others, search: text }, true)
          }}
        />
        <div className="segments" role="group" aria-label={t.list.statusLabel}>
          {STATES.map((state) => (
            <button
              key={state}
              type="button"
              aria-pressed={state === (status ?? 'all')}
              onClick={() => {
                const { status: _before, attention: need, ...others } = kept
                // No disabled integration needs attention.
                const needed = need !== undefined && state !== 'disabled' ? { attention: need } : {}
                onChange({ ...others, ...needed, ...(state !== 'all' && { status: state }) })
              }}
            >
              {t.list[state] + number(state)}
            </button>
          ))}
        </div>
        <NativeSelect
          aria-label={t.list.scopeLabel}
          maw="100%"
          {...(isNarrow && { flex: '1 1 9rem' })}
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
        {isNarrow && (
          <NativeSelect
            aria-label={t.list.sortLabel}
            maw="100%"
            flex="1 1 9rem"
            value={sort ?? DEFAULT_ORDER}
            data={ORDERS.map((order) => ({ value: order, label: t.list.orders[order] }))}
            onChange={(event) => {
              const order = ORDERS.find((known) => known === event.currentTarget.value)
              const { sort: _before, ...others } = kept
              onChange(order === undefined || order === DEFAULT_ORDER ? others : { ...others, sort: order })
            }}
          />
        )}
      </Group>
      <AttentionChips
        selected={attention}
        counts={page?.attention_counts}
        onSelect={(next) => {
          const { attention: _before, status: wanted, ...others } = kept
          // No disabled integration needs attention.
          const state = wanted === undefined || (next !== undefined && wanted === 'disabled') ? {} : { status: wanted }
          onChange({ ...others, ...state, ...(next !== undefined && { attention: next }) })
        }}
      />
    </Stack>
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
  const lastAt = useRef(-Infinity)
  /**
   * The texts that the operator has typed and the URL does not contain yet. The URL changes later, maybe after the next
   * letter.
   */
  const sent = useRef<string[]>([])
  const search = (next: string) => {
    lastAt.current = performance.now()
    if (next !== value) sent.current.push(next)
    onSearch(next)
  }
  useEffect(() => {
    const own = sent.current.lastIndexOf(value)
    sent.current.splice(0, own === -1 ? Infinity : own + 1)
    // A text in the address that this field did not send comes from the back button or from clearing the filters.
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
      rightSection={text === '' && <kbd className="key">/</kbd>}
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
        // The first letter searches at once. Letters that follow faster than the pause are one search.
        const wait = lastAt.current + WAIT_MS - performance.now()
        if (wait <= 0) search(next.trim())
        else timer.current = window.setTimeout(() => search(next.trim()), wait)
      }}
    />
  )
}
