// Whether the store takes writes, and how long its commits take.
import { Group, Skeleton, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ServerMetrics } from '../../api/metrics.ts'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { overviewText as words } from '../../strings/activity.ts'
import { commitText } from './commit-text.ts'

export function StoreCard({ metrics }: { readonly metrics: UseQueryResult<ServerMetrics> }) {
  const { data } = metrics
  return (
    <Card title={words.store}>
      {metrics.isPending && <Skeleton h={48} />}
      {metrics.isError && data === undefined && (
        <ProblemAlert title={words.metricsFailed} error={metrics.error} onRetry={() => void metrics.refetch()} />
      )}
      {data !== undefined && (
        <Group gap="md">
          {data.isStoreUp ? (
            <StatusWord tone="ok">{words.storeUp}</StatusWord>
          ) : (
            <StatusWord tone="danger">{words.storeDown}</StatusWord>
          )}
          <Text size="sm">{commitText(data)}</Text>
        </Group>
      )}
    </Card>
  )
}
