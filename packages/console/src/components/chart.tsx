// Series over time as a plot, which can also be read with the arrow keys or as a table.
import { Box, Button, Group, Skeleton, Text } from '@mantine/core'
import { IconZoomIn } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, Suspense, useState } from 'react'
import { ChartLegend } from './chart-legend.tsx'
import { ChartTable } from './chart-table.tsx'
import { indexAfterKey, isEmpty, type Range, SPANS, zoomAfterKey } from './chart-text.ts'
import { narrower, shownOf, type Zoom, zoomOn } from './chart-zoom.ts'
import { lazyPart } from './lazy-part.tsx'
import type { Series } from './series.ts'
import { activityText as words } from '../strings/detail.ts'

export interface ChartProps {
  /** What the chart shows, with the unit. */
  readonly title: string
  /** The starts of the intervals, as in the answer of the API. */
  readonly times: readonly string[]
  readonly series: readonly Series[]
  readonly range: Range
  /** `areas`: areas on top of each other, for series whose sum has a meaning. `lines`: one line for each series. */
  readonly kind: 'areas' | 'lines'
  /** The sentence in place of a chart without values. */
  readonly empty: string
  readonly zoom: Zoom | undefined
  readonly onZoom: (zoom: Zoom | undefined) => void
  readonly actions?: ReactNode
}

const Plot = lazyPart(() => import('./plot.tsx'), 'Plot')

const HEIGHT = 180

export function Chart({ title, times, series, range, kind, empty, zoom, onZoom, actions }: ChartProps) {
  const [isTable, setTable] = useState(false)
  const [cursor, setCursor] = useState<number | undefined>()
  if (isEmpty(series)) return <Text size="sm">{empty}</Text>
  const [from, to] = shownOf(times, zoom)
  const visible = times.slice(from, to + 1)
  const read = cursor === undefined ? undefined : Math.min(cursor, visible.length - 1)
  const zoomTo = (chosen: Zoom | undefined) => {
    setCursor(undefined)
    onZoom(chosen)
  }
  const hearKey = (event: KeyboardEvent) => {
    const at = read ?? visible.length - 1
    const next = indexAfterKey(event.key, at, visible.length)
    if (next !== undefined) setCursor(next)
    else {
      const chosen = zoomAfterKey(event.key, { times, shown: [from, to], at: from + at })
      if (chosen === 'none') return
      zoomTo(chosen)
    }
    event.preventDefault()
  }
  return (
    <figure aria-label={title} style={{ margin: 0, minWidth: 0 }}>
      <Group justify="space-between" mb={4}>
        <Text component="figcaption" size="sm" c="dimmed">
          {title}
        </Text>
        <Group gap={4}>
          {actions}
          {zoom !== undefined && (
            <Button size="compact-sm" variant="light" onClick={() => zoomTo(undefined)}>
              {words.resetZoom}
            </Button>
          )}
          {!isTable && times.length > 5 && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={words.zoomIn(title)}
              onClick={() => zoomTo(narrower(times, [from, to], to))}
            >
              <IconZoomIn size={15} aria-hidden />
            </Button>
          )}
          <Button size="compact-sm" variant="default" onClick={() => setTable(!isTable)}>
            {isTable ? words.chart : words.table}
          </Button>
        </Group>
      </Group>
      {isTable ? (
        <ChartTable title={title} times={visible} series={partOf(series, from, to)} />
      ) : (
        <>
          <Box
            tabIndex={0}
            role="group"
            aria-label={`${title}. ${words.keys}`}
            onKeyDown={hearKey}
            onBlur={() => setCursor(undefined)}
            mih={HEIGHT}
          >
            <Suspense fallback={<Skeleton h={HEIGHT} />}>
              <Plot
                height={HEIGHT}
                times={visible}
                series={partOf(series, from, to)}
                kind={kind}
                range={zoom === undefined ? SPANS[range] : { ...SPANS[range], least: 0 }}
                cursor={read}
                onCursor={setCursor}
                onSelect={(one, other) => zoomTo(zoomOn(times, from + one, from + other))}
              />
            </Suspense>
          </Box>
          <ChartLegend
            times={times}
            series={series}
            shown={[from, to]}
            read={read === undefined ? undefined : from + read}
            isSummed={kind === 'areas'}
          />
        </>
      )}
    </figure>
  )
}

const partOf = (series: readonly Series[], from: number, to: number): readonly Series[] =>
  series.map((one) => ({ ...one, values: one.values.slice(from, to + 1) }))
