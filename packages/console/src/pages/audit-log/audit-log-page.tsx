// Activity > Audit log: the log of all changes, with filters, a check of the chain, and an export.
import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { auditQuery } from '../../api/platform-queries.ts'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { TableSkeleton } from '../../components/table-skeleton.tsx'
import { auditLogText as words } from '../../strings/activity.ts'
import { pagesText } from '../../strings/pages.ts'
import { AuditExport } from './audit-export.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { type AuditSearch, filterOf, readAuditSearch } from './audit-search.ts'
import { AuditTable } from './audit-table.tsx'
import { ChainCheck } from './chain-check.tsx'

export function AuditLogPage() {
  const search = useSearch({ from: '/shell/activity/audit-log', select: readAuditSearch })
  const navigate = useNavigate()
  const filter = filterOf(search)
  const audit = useInfiniteQuery(auditQuery(filter))
  const events = audit.data?.pages.flatMap(({ items }) => items) ?? []
  const go = (change: AuditSearch) => void navigate({ to: '/activity/audit-log', search: change, resetScroll: false })
  const { kind, ...filters } = search
  const isFiltered = Object.keys(filters).length > 0
  return (
    <>
      <PageHead title={pagesText.pages.audit} line={words.line} />
      <Group justify="space-between" align="flex-start">
        <SegmentedControl
          aria-label={words.kind}
          value={kind ?? 'changes'}
          onChange={(chosen) => {
            const { event: _event, ...others } = filters
            go(chosen === 'refusals' ? { ...others, kind: chosen } : others)
          }}
          data={[
            { value: 'changes', label: words.kinds.changes },
            { value: 'refusals', label: words.kinds.refusals },
          ]}
        />
        <ChainCheck />
        <AuditExport filter={filter} />
      </Group>
      <AuditFilters search={search} events={events} onChange={go} />
      {audit.isPending && <TableSkeleton label={words.loading} />}
      {audit.isError && audit.data === undefined && (
        <ProblemAlert title={words.failed} error={audit.error} onRetry={() => void audit.refetch()} />
      )}
      {audit.data !== undefined && events.length === 0 && (
        <Stack align="flex-start">
          <Text role="status">
            {isFiltered ? words.noResult : kind === 'refusals' ? words.noRefusals : words.empty}
          </Text>
          {isFiltered && (
            <Button variant="default" onClick={() => go(kind === undefined ? {} : { kind })}>
              {words.clear}
            </Button>
          )}
        </Stack>
      )}
      {events.length > 0 && (
        <>
          <AuditTable events={events} search={search} onFilter={go} />
          <Group justify="space-between">
            <Text size="sm" role="status">
              {words.caption(events.length)}
            </Text>
            {audit.hasNextPage && (
              <Button
                variant="default"
                size="xs"
                loading={audit.isFetchingNextPage}
                onClick={() => void audit.fetchNextPage()}
              >
                {words.more}
              </Button>
            )}
          </Group>
        </>
      )}
    </>
  )
}
