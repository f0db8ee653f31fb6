// The main numbers, over the chosen range or at this moment.
import type { Counts, Overview } from 'latchkey/admin-api'
import type { ServerMetrics } from '../../api/metrics.ts'
import type { Range } from '../../components/chart-text.ts'
import { sinceText } from '../../components/coverage.ts'
import { Tile, Tiles } from '../../components/tile.tsx'
import { count, duration } from '../../components/times.ts'
import { overviewText as words } from '../../strings/activity.ts'
import { platformText } from '../../strings/platform.ts'
import { changeText } from './change.ts'
import { refusalsOf } from './plots.ts'

export interface OverviewTilesProps {
  readonly overview: Overview
  readonly metrics: ServerMetrics | undefined
  readonly range: Range
}

export function OverviewTiles({ overview, metrics, range }: OverviewTilesProps) {
  const isHour = range === 'minutes'
  const sums = isHour ? overview.last_hour : overview.last_24_hours
  const before = (isHour ? overview.previous_hour : overview.previous_24_hours) ?? undefined
  const since = sinceText(overview, range, Date.now())
  const note = (of: (counts: Counts) => number) =>
    since ?? changeText(of(sums), before && of(before), range) ?? words.measured(range)
  const slowest = overview[range].flatMap(({ token_latency_ms: latency }) => (latency === null ? [] : [latency.p99]))
  const age = metrics?.signingKeyAgeSeconds
  const early = words.ofReplaced(sums.superseded)
  return (
    <Tiles label={words.measured(range)} most={6}>
      <Tile label={words.tiles.issued} value={count(sums.issued)} note={note(({ issued }) => issued)} />
      <Tile
        label={words.tiles.early}
        value={count(sums.superseded_early)}
        note={since === undefined ? early : `${early}, ${since}`}
      />
      <Tile label={words.tiles.refused} value={count(refusalsOf(sums))} note={note(refusalsOf)} />
      <Tile
        label={words.tiles.latency}
        value={slowest.length === 0 ? platformText.nothing : words.latencyIs(count(Math.max(...slowest)))}
        note={slowest.length === 0 ? platformText.notMeasured : words.worst}
      />
      <Tile label={words.tiles.live} value={metrics && count(metrics.liveTokens)} />
      <Tile label={words.tiles.keyAge} value={age === undefined ? undefined : duration(age * 1000)} />
    </Tiles>
  )
}
