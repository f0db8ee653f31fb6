// The issued tokens and the refusals of an integration, over the last hour or day.
import { SegmentedControl, SimpleGrid, Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Interval } from 'latchkey/admin-api'
import { useMemo, useState } from 'react'
import { activityQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import type { Range } from '../../components/chart-text.ts'
import type { Zoom } from '../../components/chart-zoom.ts'
import { Chart } from '../../components/chart.tsx'
import { sinceText } from '../../components/coverage.ts'
import { issuanceSeries } from '../../components/issuance-series.ts'
import { refusalSeries } from '../../components/refusal-series.ts'
import type { Series } from '../../components/series.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { activityText as words } from '../../strings/detail.ts'
import { t } from '../../strings.ts'

export function ActivityCharts({ clientId }: { readonly clientId: string }) {
  const activity = useQuery(activityQuery(clientId))
  const [range, setRange] = useState<Range>('minutes')
  const [zoom, setZoom] = useState<Zoom | undefined>()
  const intervals = activity.data?.[range]
  const plots = useMemo(() => (intervals === undefined ? undefined : seriesOf(intervals)), [intervals])
  const sums = range === 'minutes' ? activity.data?.last_hour : activity.data?.last_24_hours
  const since = activity.data && sinceText(activity.data, range, Date.now())
  const shared = { times: plots?.times ?? [], range, zoom, onZoom: setZoom }
  return (
    <Card
      title={t.detail.tabs.activity}
      actions={
        <SegmentedControl
          aria-label={words.range}
          size="xs"
          value={range}
          onChange={(value) => {
            setRange(value === 'minutes' ? 'minutes' : 'half_hours')
            setZoom(undefined)
          }}
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
      {plots === undefined || activity.data === undefined ? (
        activity.isPending && <Skeleton h={220} />
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {words.early(sums?.superseded_early ?? 0, sums?.superseded ?? 0)}
            {since !== undefined && ` ${words.counted(since)}`}
          </Text>
          <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
            <Chart {...shared} kind="areas" title={words.title} series={plots.tokens} empty={words.noTokens} />
            <Chart {...shared} kind="areas" title={words.refusals} series={plots.refusals} empty={words.noRefusals} />
          </SimpleGrid>
        </>
      )}
    </Card>
  )
}

interface Plots {
  readonly times: readonly string[]
  readonly tokens: readonly Series[]
  readonly refusals: readonly Series[]
}

const seriesOf = (intervals: readonly Interval[]): Plots => ({
  times: intervals.map(({ at }) => at),
  tokens: issuanceSeries(intervals),
  refusals: refusalSeries(intervals),
})
