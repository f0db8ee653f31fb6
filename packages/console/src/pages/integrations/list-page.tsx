// Models > Integrations: all of them, with search, filters, sorting and bulk acts.
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
import { EmptyList, NoResult } from './empty-list.tsx'
import { IntegrationTable } from './integration-table.tsx'
import { type ListPageSearch, readListSearch } from './list-search.ts'
import { ListSkeleton } from './list-skeleton.tsx'
import { ListToolbar } from './list-toolbar.tsx'
import { Pager } from './pager.tsx'

const PAGE_SIZE = 25

const BulkBar = lazyPart(() => import('./bulk-bar.tsx'), 'BulkBar')

export function ListPage() {
  const search = useSearch({ from: '/shell/models/integrations', select: readListSearch })
  const navigate = useNavigate()
  const mayEdit = useMay('editor')
  const { page: _page, ...requested } = search
  const list = useQuery({
    ...integrationsQuery({ limit: PAGE_SIZE, ...requested }),
    placeholderData: keepPreviousData,
  })
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const asText = JSON.stringify(requested)
  useEffect(() => setSelected(new Set()), [asText])

  const go = (change: ListPageSearch, replace = false) => {
    void navigate({ to: '/models/integrations', search: change, replace, resetScroll: false })
  }
  const items = list.data?.items ?? []
  const isFiltered = search.search !== undefined || search.status !== undefined || search.scope !== undefined
  const isEmpty = list.data !== undefined && items.length === 0
  return (
    <>
      <PageHead
        title={t.list.title}
        line={t.list.line}
        actions={
          mayEdit && (
            <RouterButton to="/models/integrations/new" leftSection={<IconPlus size={16} aria-hidden />}>
              {t.list.create}
            </RouterButton>
          )
        }
      />
      {!mayEdit && <Text size="sm">{t.list.viewer}</Text>}
      {isEmpty && !isFiltered && search.cursor === undefined ? (
        <EmptyList mayCreate={mayEdit} />
      ) : (
        <Stack gap="sm">
          <ListToolbar search={search} counts={list.data?.counts} onChange={go} />
          {selected.size > 0 && (
            <Suspense>
              <BulkBar chosen={items.filter(({ id }) => selected.has(id))} onDone={() => setSelected(new Set())} />
            </Suspense>
          )}
          {list.isError && list.data === undefined && (
            <ProblemAlert title={t.list.failed} error={list.error} onRetry={() => void list.refetch()} />
          )}
          {list.isPending && <ListSkeleton />}
          {isEmpty && <NoResult search={search.search ?? ''} onClear={() => go({})} />}
          {items.length > 0 && (
            <IntegrationTable
              items={items}
              sort={search.sort}
              selected={mayEdit ? selected : undefined}
              onSelect={setSelected}
              onSort={(sort) => go({ ...withoutPlace(search), sort })}
            />
          )}
          {list.data !== undefined && (
            <Pager
              search={search}
              shown={items.length}
              total={list.data.counts[search.status ?? 'all']}
              next={list.data.next_cursor}
              onGo={go}
            />
          )}
        </Stack>
      )}
    </>
  )
}

const withoutPlace = ({ cursor: _cursor, page: _page, ...rest }: ListPageSearch): ListPageSearch => rest
