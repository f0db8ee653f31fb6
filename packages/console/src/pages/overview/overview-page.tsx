// Activity > Overview: the activity of the server over the last hour or day.
import { Button, Group, SegmentedControl, SimpleGrid, Skeleton, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { metricsQuery, overviewQuery } from '../../api/platform-queries.ts'
import { Card } from '../../components/card.tsx'
import type { Range } from '../../components/chart-text.ts'
import { Chart } from '../../components/chart.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { exact } from '../../components/times.ts'
import { overviewText as words } from '../../strings/activity.ts'
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
          <Plots intervals={data[range]} range={range} />
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <StoreCard metrics={metrics} />
            <ContentionCard contention={data.contention} />
          </SimpleGrid>
          <Text size="sm" c="dimmed">
            {words.since(exact(data.since))}
          </Text>
        </>
      )}
    </>
  )
}

interface PlotsProps {
  readonly intervals: Parameters<typeof plotsOf>[0]
  readonly range: Range
}

function Plots({ intervals, range }: PlotsProps) {
  const { times, tokens, supersession, refusals, latency } = useMemo(() => plotsOf(intervals), [intervals])
  const unit = words.units[range]
  const promql = (what: string, value: string) => (
    <Group gap={0}>
      <CopyButton what={`${words.promql}: ${what}`} value={value} />
    </Group>
  )
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }}>
      <Card title={words.cards.issuance}>
        <Chart
          title={words.issuance(unit)}
          times={times}
          range={range}
          series={tokens}
          actions={promql(words.cards.issuance, PROMQL.issuance)}
        />
      </Card>
      <Card title={words.cards.refusals}>
        {refusals.length === 0 ? (
          <Text>{words.noRefusals}</Text>
        ) : (
          <Chart
            title={words.refusals(unit)}
            times={times}
            range={range}
            series={refusals}
            actions={promql(words.cards.refusals, PROMQL.refusals)}
          />
        )}
      </Card>
      <Card title={words.cards.latency}>
        {latency === undefined ? (
          <Text>{words.noTokens}</Text>
        ) : (
          <Chart
            title={words.latency(unit)}
            times={times}
            range={range}
            series={latency}
            actions={promql(words.cards.latency, PROMQL.latency)}
          />
        )}
      </Card>
      <Card title={words.cards.supersession}>
        <Chart
          title={words.supersessions(unit)}
          times={times}
          range={range}
          series={supersession}
          actions={promql(words.cards.supersession, PROMQL.supersession)}
        />
      </Card>
    </SimpleGrid>
  )
}
