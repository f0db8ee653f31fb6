// The shown part of the list, and the links to the other pages.
import { Button, Group, Text } from '@mantine/core'
import { count } from '../../components/times.ts'
import { t } from '../../strings.ts'
import type { ListPageSearch } from './list-search.ts'

export interface PagerProps {
  readonly search: ListPageSearch
  readonly shown: number
  readonly total: number
  readonly next: string | null
  readonly onGo: (search: ListPageSearch) => void
}

export function Pager({ search, shown, total, next, onGo }: PagerProps) {
  const { cursor, page = 1, ...filters } = search
  return (
    <Group justify="space-between">
      <Text size="sm" role="status">
        {t.list.caption(count(shown), count(total))}
      </Text>
      {(next !== null || cursor !== undefined) && (
        <Group gap="xs">
          <Text size="sm">{t.list.page(page)}</Text>
          <Button variant="default" size="xs" disabled={cursor === undefined} onClick={() => onGo(filters)}>
            {t.list.first}
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
