// Whether the store takes writes, and how long its commits take.
import { Skeleton, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ServerMetrics } from '../../api/metrics.ts'
import { Card } from '../../components/card.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { count } from '../../components/times.ts'
import { overviewText as words } from '../../strings/activity.ts'

export function StoreCard({ metrics }: { readonly metrics: UseQueryResult<ServerMetrics> }) {
  const { data } = metrics
  const { storeFacts: facts } = words
  return (
    <Card title={words.store}>
      {metrics.isPending && <Skeleton h={120} />}
      {metrics.isError && data === undefined && (
        <ProblemAlert title={words.metricsFailed} error={metrics.error} onRetry={() => void metrics.refetch()} />
      )}
      {data !== undefined && (
        <>
          <dl className="facts">
            <dt>{facts.state}</dt>
            <dd>
              {data.isStoreUp ? (
                <StatusWord tone="ok">{words.storeUp}</StatusWord>
              ) : (
                <StatusWord tone="danger">{words.storeDown}</StatusWord>
              )}
            </dd>
            <dt>{facts.commits}</dt>
            <dd>{data.commits === 0 ? words.noCommits : count(data.commits)}</dd>
            {data.commitMs !== undefined &&
              (['p50', 'p95', 'p99'] as const).map((name) => (
                <Percentile key={name} label={facts[name]} ms={data.commitMs?.[name] ?? 0} />
              ))}
          </dl>
          <Text size="sm" c="dimmed">
            {words.storeNote}
          </Text>
        </>
      )}
    </Card>
  )
}

function Percentile({ label, ms }: { readonly label: string; readonly ms: number }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{Number.isFinite(ms) ? words.latencyIs(count(ms)) : words.beyond}</dd>
    </>
  )
}
