// Activity > Overview: the activity of the server over the last hour or day.
import { Button, SegmentedControl, SimpleGrid, Skeleton, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { Overview } from 'latchkey/admin-api'
import { useMemo, useState } from 'react'
import { metricsQuery, overviewQuery } from '../../api/platform-queries.ts'
import { Card } from '../../components/card.tsx'
import type { Range } from '../../components/chart-text.ts'
import type { Zoom } from '../../components/chart-zoom.ts'
import { Chart } from '../../components/chart.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { moment } from '../../components/times.ts'
import { overviewText as words } from '../../strings/activity.ts'
import { activityText } from '../../strings/detail.ts'
import { pagesText } from '../../strings/pages.ts'
import { ContentionCard } from './contention-card.tsx'
import { OverviewTiles } from './overview-tiles.tsx'
import { plotsOf, PROMQL } from './plots.ts'
import { StoreCard } from './store-card.tsx'

export function OverviewPage() {
  const [range, setRange] = useState<Range>('minutes')
  const [isPaused, setPaused] = useState(false)
  const overview = useQuery({ ...overviewQuery, enabled: !isPaused })
  const metrics = useQuery({ ...metricsQuery, enabled: !isPaused })
  const { data } = overview
  return (
    <>
      <PageHead
        title={pagesText.pages.overview}
        line={words.line}
        actions={
          <>
            <SegmentedControl
              aria-label={words.range}
              size="sm"
              value={range}
              onChange={(value) => setRange(value === 'minutes' ? 'minutes' : 'half_hours')}
              data={[
                { value: 'minutes', label: words.hour },
                { value: 'half_hours', label: words.day },
              ]}
            />
            <Button
              variant="default"
              leftSection={
                isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
              }
              onClick={() => setPaused(!isPaused)}
            >
              {isPaused ? words.resume : words.pause}
            </Button>
          </>
        }
      />
      <Text size="sm" role="status" hidden={!isPaused}>
        {isPaused && words.paused}
      </Text>
      {overview.isPending && <Skeleton h={320} role="status" aria-label={words.loading} />}
      {overview.isError && data === undefined && (
        <ProblemAlert title={words.failed} error={overview.error} onRetry={() => void overview.refetch()} />
      )}
      {data !== undefined && (
        <>
          <OverviewTiles overview={data} metrics={metrics.data} range={range} />
          {data.incomplete_before !== null && isWithin(data.incomplete_before, range) && (
            <Text size="sm" c="dimmed">
              {words.incomplete(moment(data.incomplete_before, Date.now()))}
            </Text>
          )}
          <Plots key={range} overview={data} range={range} />
          <SimpleGrid cols={{ base: 1, md: 2 }} style={{ alignItems: 'start' }}>
            <StoreCard metrics={metrics} />
            <ContentionCard contention={data.contention} />
          </SimpleGrid>
        </>
      )}
    </>
  )
}

const SPAN_MS: Readonly<Record<Range, number>> = { minutes: 3_600_000, half_hours: 86_400_000 }

const isWithin = (time: string, range: Range): boolean => Date.parse(time) > Date.now() - SPAN_MS[range]

interface PlotsProps {
  readonly overview: Overview
  readonly range: Range
}

/** The plots of the overview, all over the same time. */
function Plots({ overview, range }: PlotsProps) {
  const intervals = overview[range]
  const [zoom, setZoom] = useState<Zoom | undefined>()
  const { times, tokens, early, refusals, latency } = useMemo(() => plotsOf(intervals), [intervals])
  const sums = range === 'minutes' ? overview.last_hour : overview.last_24_hours
  const unit = words.units[range]
  const shared = { times, range, zoom, onZoom: setZoom }
  const promql = (what: string, value: string) => <CopyButton what={`${words.promql}: ${what}`} value={value} />
  const { cards } = words
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card title={cards.issuance}>
        <Chart
          {...shared}
          kind="areas"
          title={words.issuance(unit)}
          series={tokens}
          empty={words.noTokens}
          actions={promql(cards.issuance, PROMQL.issuance)}
        />
      </Card>
      <Card title={cards.refusals}>
        <Chart
          {...shared}
          kind="areas"
          title={words.refusals(unit)}
          series={refusals}
          empty={words.noRefusals}
          actions={promql(cards.refusals, PROMQL.refusals)}
        />
      </Card>
      <Card title={cards.latency}>
        <Chart
          {...shared}
          kind="lines"
          title={words.latency(unit)}
          series={latency}
          empty={words.noTokens}
          actions={promql(cards.latency, PROMQL.latency)}
        />
      </Card>
      <Card title={cards.early}>
        <Chart
          {...shared}
          kind="areas"
          title={words.early(unit)}
          series={early}
          empty={activityText.early(sums.superseded_early, sums.superseded)}
          actions={promql(cards.early, PROMQL.early)}
        />
      </Card>
    </SimpleGrid>
  )
}
