// The shown part of the list, and the links to the other pages.
import { Button, Group, Text } from '@mantine/core'
import { useRef } from 'react'
import { count, plural } from '../../components/times.ts'
import { t } from '../../strings.ts'
import type { ListPageSearch } from './list-search.ts'

export interface PagerProps {
  readonly search: ListPageSearch
  readonly shown: number
  readonly total: number
  readonly next: string | null
  readonly pageSize: number
  readonly onGo: (search: ListPageSearch) => void
}

export function Pager({ search, shown, total, next, pageSize, onGo }: PagerProps) {
  const { cursor, page = 1, ...filters } = search
  // The cursors of the pages that were shown. They are the way back, because the API returns only the next cursor.
  const places = useRef<{ key: string; cursors: Map<number, string> }>({ key: '', cursors: new Map() })
  const key = JSON.stringify(filters)
  if (places.current.key !== key) places.current = { key, cursors: new Map() }
  const { cursors } = places.current
  if (cursor !== undefined) cursors.set(page, cursor)
  const before = page === 2 ? filters : cursors.has(page - 1) ? placeAt(filters, page - 1, cursors) : undefined
  const first = (page - 1) * pageSize + 1
  const isWhole = shown === total
  return (
    <Group justify="space-between">
      <Text size="sm" role="status">
        {isWhole ? plural(total, 'integration') : t.list.caption(count(first), count(first + shown - 1), count(total))}
      </Text>
      {(next !== null || cursor !== undefined) && (
        <Group gap="xs">
          <Text size="sm">{t.list.page(count(page), count(Math.max(page, Math.ceil(total / pageSize))))}</Text>
          <Button variant="default" size="xs" disabled={cursor === undefined} onClick={() => onGo(filters)}>
            {t.list.first}
          </Button>
          <Button
            variant="default"
            size="xs"
            disabled={before === undefined}
            onClick={() => before !== undefined && onGo(before)}
          >
            {t.list.previous}
          </Button>
          <Button
            variant="default"
            size="xs"
            disabled={next === null}
            onClick={() => next !== null && onGo({ ...filters, cursor: next, page: page + 1 })}
          >
            {t.list.next}
          </Button>
        </Group>
      )}
    </Group>
  )
}

function placeAt(filters: ListPageSearch, page: number, cursors: ReadonlyMap<number, string>): ListPageSearch {
  const cursor = cursors.get(page)
  return cursor === undefined ? filters : { ...filters, cursor, page }
}
