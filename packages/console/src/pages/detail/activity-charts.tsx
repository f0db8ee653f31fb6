// The issued tokens and the refusals of an integration, over the last hour or day.
import { SegmentedControl, SimpleGrid, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Interval } from 'latchkey/admin-api'
import { useMemo, useState } from 'react'
import { activityQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import type { Range } from '../../components/chart-text.ts'
import { Chart } from '../../components/chart.tsx'
import { refusalSeries } from '../../components/refusal-series.ts'
import type { Series } from '../../components/series.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { exact } from '../../components/times.ts'
import { activityText as words } from '../../strings/detail.ts'
import { t } from '../../strings.ts'

export function ActivityCharts({ clientId }: { readonly clientId: string }) {
  const activity = useQuery(activityQuery(clientId))
  const [range, setRange] = useState<Range>('minutes')
  const intervals = activity.data?.[range]
  const plots = useMemo(() => (intervals === undefined ? undefined : seriesOf(intervals)), [intervals])
  return (
    <Card
      title={t.detail.tabs.activity}
      actions={
        <SegmentedControl
          aria-label={words.range}
          size="xs"
          value={range}
          onChange={(value) => setRange(value === 'minutes' ? 'minutes' : 'half_hours')}
          data={[
            { value: 'minutes', label: words.hour },
            { value: 'half_hours', label: words.day },
          ]}
        />
      }
    >
      {activity.isError && activity.data === undefined && (
        <ProblemAlert title={t.detail.failed} error={activity.error} onRetry={() => void activity.refetch()} />
      )}
      {plots === undefined ? (
        activity.isPending && <Skeleton h={220} />
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Chart range={range} title={words.title} times={plots.times} series={plots.tokens} />
          {plots.refusals.length === 0 ? (
            <div>
              <Text fw={600} size="sm" mb={4}>
                {words.refusals}
              </Text>
              <Text size="sm">{words.noRefusals}</Text>
            </div>
          ) : (
            <Chart range={range} title={words.refusals} times={plots.times} series={plots.refusals} />
          )}
        </SimpleGrid>
      )}
      {activity.data !== undefined && (
        <Text size="sm" c="dimmed">
          {words.since(exact(activity.data.since))}
        </Text>
      )}
    </Card>
  )
}

interface Plots {
  readonly times: readonly string[]
  readonly tokens: readonly Series[]
  readonly refusals: readonly Series[]
}

function seriesOf(intervals: readonly Interval[]): Plots {
  return {
    times: intervals.map(({ at }) => at),
    tokens: [
      { label: words.issued, color: 'var(--lk-issued)', dash: [], values: intervals.map(({ issued }) => issued) },
      {
        label: words.superseded,
        color: 'var(--lk-superseded)',
        dash: [8, 4],
        values: intervals.map(({ superseded }) => superseded),
      },
    ],
    refusals: refusalSeries(intervals),
  }
}
