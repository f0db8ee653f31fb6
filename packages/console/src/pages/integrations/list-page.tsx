// Models > Integrations: all integrations, with search, filters, sorting and bulk actions.
import { Stack, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Suspense, useEffect, useState } from 'react'
import { integrationsQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { lazyPart } from '../../components/lazy-part.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterButton } from '../../components/router-link.tsx'
import { t } from '../../strings.ts'
import { useIsNarrow } from '../../components/use-is-narrow.ts'
import { MeasuredNote } from './attention-chips.tsx'
import { IntegrationTable } from './integration-table.tsx'
import { DEFAULT_ORDER, type ListPageSearch, readListSearch } from './list-search.ts'
import { ListSkeleton } from './list-skeleton.tsx'
import { ListToolbar } from './list-toolbar.tsx'
import { Pager } from './pager.tsx'

const PAGE_SIZE = 25
/** The list is read again regularly, because its counts and its warnings change without an event. */
const REFRESH_MS = 30_000

const EmptyList = lazyPart(() => import('./empty-list.tsx'), 'EmptyList')
const NoResult = lazyPart(() => import('./no-result.tsx'), 'NoResult')
const IntegrationCards = lazyPart(() => import('./integration-cards.tsx'), 'IntegrationCards')
const BulkBar = lazyPart(() => import('./bulk-bar.tsx'), 'BulkBar')

export function ListPage() {
  const search = useSearch({ from: '/shell/models/integrations', select: readListSearch })
  const navigate = useNavigate()
  const mayEdit = useMay('editor')
  const { page: _page, ...requested } = search
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const list = useQuery({
    ...integrationsQuery({ limit: PAGE_SIZE, sort: DEFAULT_ORDER, ...requested }),
    placeholderData: keepPreviousData,
    // Rows must not change their places while the operator selects some.
    ...(selected.size === 0 && { refetchInterval: REFRESH_MS }),
  })
  const isNarrow = useIsNarrow()
  const asText = JSON.stringify(requested)
  useEffect(() => setSelected(new Set()), [asText])

  const go = (change: ListPageSearch, replace = false) => {
    void navigate({ to: '/models/integrations', search: change, replace, resetScroll: false })
  }
  const items = list.data?.items ?? []
  const { search: words, status, scope, attention } = search
  const isFiltered = [words, status, scope, attention].some((filter) => filter !== undefined)
  const isEmpty = list.data !== undefined && items.length === 0
  const hasNone = isEmpty && !isFiltered && search.cursor === undefined
  return (
    <>
      <PageHead
        title={t.list.title}
        line={t.list.line}
        actions={
          mayEdit &&
          !hasNone && (
            <RouterButton to="/models/integrations/new" leftSection={<IconPlus size={16} aria-hidden />}>
              {t.list.create}
            </RouterButton>
          )
        }
      />
      {!mayEdit && <Text size="sm">{t.list.viewer}</Text>}
      {hasNone ? (
        <Suspense>
          <EmptyList mayCreate={mayEdit} />
        </Suspense>
      ) : (
        <Stack gap="sm">
          <ListToolbar search={search} page={list.data} isNarrow={isNarrow} onChange={go} />
          {selected.size > 0 && (
            <Suspense>
              <BulkBar chosen={items.filter(({ id }) => selected.has(id))} onDone={() => setSelected(new Set())} />
            </Suspense>
          )}
          {list.isError && list.data === undefined && (
            <ProblemAlert title={t.list.failed} error={list.error} onRetry={() => void list.refetch()} />
          )}
          {list.isPending && <ListSkeleton />}
          {isEmpty && (
            <Suspense>
              <NoResult search={search.search ?? ''} onClear={() => go({})} />
            </Suspense>
          )}
          {items.length > 0 && isNarrow && (
            <Suspense>
              <IntegrationCards items={items} selected={mayEdit ? selected : undefined} onSelect={setSelected} />
            </Suspense>
          )}
          {items.length > 0 && !isNarrow && (
            <IntegrationTable
              items={items}
              sort={search.sort}
              selected={mayEdit ? selected : undefined}
              onSelect={setSelected}
              onSort={(sort) => go({ ...withoutPlace(search), ...(sort !== undefined && { sort }) })}
            />
          )}
          {list.data !== undefined && (
            <Pager
              search={search}
              shown={items.length}
              total={list.data.counts[search.status ?? 'all']}
              next={list.data.next_cursor}
              pageSize={PAGE_SIZE}
              onGo={go}
            />
          )}
          {list.data !== undefined && <MeasuredNote since={list.data.measured_since} />}
        </Stack>
      )}
    </>
  )
}

const withoutPlace = ({ cursor: _cursor, page: _page, sort: _sort, ...rest }: ListPageSearch): ListPageSearch => rest
