// Series over time as a plot, which can also be read with the arrow keys or as a table.
import { Box, Button, Group, Skeleton, Table, Text } from '@mantine/core'
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useState } from 'react'
import { indexAfterKey, momentText, type Range, SPANS, valueText } from './chart-text.ts'
import type { Series } from './series.ts'
import { activityText as words } from '../strings/detail.ts'
import { exact } from './times.ts'

export interface ChartProps {
  /** What the chart shows, with the unit. */
  readonly title: string
  /** The starts of the intervals, as in the answer of the API. */
  readonly times: readonly string[]
  readonly series: readonly Series[]
  readonly range: Range
  readonly actions?: ReactNode
}

const Plot = lazy(() => import('./plot.tsx').then(({ Plot: component }) => ({ default: component })))

const HEIGHT = 180

export function Chart({ title, times, series, range, actions }: ChartProps) {
  const [isTable, setTable] = useState(false)
  const [cursor, setCursor] = useState<number | undefined>()
  const shown = cursor === undefined ? times.length - 1 : Math.min(cursor, times.length - 1)
  const move = (event: KeyboardEvent) => {
    const next = indexAfterKey(event.key, shown, times.length)
    if (next === undefined) return
    event.preventDefault()
    setCursor(next)
  }
  return (
    <figure aria-label={title} style={{ margin: 0, minWidth: 0 }}>
      <Group justify="space-between" mb={4}>
        <Text component="figcaption" fw={600} size="sm">
          {title}
        </Text>
        <Group gap={4}>
          {actions}
          <Button size="compact-sm" variant="default" onClick={() => setTable(!isTable)}>
            {isTable ? words.chart : words.table}
          </Button>
        </Group>
      </Group>
      {isTable ? (
        <DataTable title={title} times={times} series={series} />
      ) : (
        <>
          <Box
            tabIndex={0}
            role="group"
            aria-label={`${title}. ${words.keys}`}
            onKeyDown={move}
            onBlur={() => setCursor(undefined)}
            mih={HEIGHT}
          >
            <Suspense fallback={<Skeleton h={HEIGHT} />}>
              <Plot
                height={HEIGHT}
                times={times}
                series={series}
                span={SPANS[range]}
                cursor={cursor}
                onCursor={setCursor}
              />
            </Suspense>
          </Box>
          <Group gap="md" role="status" aria-live={cursor === undefined ? 'off' : 'polite'}>
            <Text size="sm">{momentText(times[shown])}</Text>
            {series.map(({ label, color, dash, values }) => (
              <Group key={label} gap={6} wrap="nowrap">
                <svg width="24" height="4" aria-hidden="true">
                  <line x1="0" x2="24" y1="2" y2="2" stroke={color} strokeWidth="3" strokeDasharray={dash.join(' ')} />
                </svg>
                <Text size="sm">
                  {label} {valueText(values[shown])}
                </Text>
              </Group>
            ))}
          </Group>
        </>
      )}
    </figure>
  )
}

function DataTable({ title, times, series }: Pick<ChartProps, 'title' | 'times' | 'series'>) {
  return (
    <div
      className="scroll-table"
      tabIndex={0}
      role="region"
      aria-label={title}
      style={{ maxHeight: 320, overflowY: 'auto' }}
    >
      <Table aria-label={title} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.time}</Table.Th>
            {series.map(({ label }) => (
              <Table.Th key={label} ta="right">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {times
            .map((at, index) => (
              <Table.Tr key={at}>
                <Table.Td>{exact(at).slice(0, 16)}</Table.Td>
                {series.map(({ label, values }) => (
                  <Table.Td key={label} ta="right">
                    {valueText(values[index])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))
            .toReversed()}
        </Table.Tbody>
      </Table>
    </div>
  )
}
