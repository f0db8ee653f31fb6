// The legend of a chart: the values at the selected moment, or the totals of the shown time.
import { Group, Text } from '@mantine/core'
import { activityText as words } from '../strings/detail.ts'
import { momentText, totalOf, valueText } from './chart-text.ts'
import type { Shown } from './chart-zoom.ts'
import type { Series } from './series.ts'

export interface ChartLegendProps {
  readonly times: readonly string[]
  readonly series: readonly Series[]
  readonly shown: Shown
  /** The index of the selected interval. */
  readonly read: number | undefined
  /** True if totals have a meaning. Otherwise the legend shows the last values instead. */
  readonly isSummed: boolean
}

export function ChartLegend({ times, series, shown: [from, to], read, isSummed }: ChartLegendProps) {
  const isTotal = read === undefined && isSummed
  const at = read ?? to
  const now = Date.now()
  return (
    <Group gap="2px 18px" role="status" aria-live={read === undefined ? 'off' : 'polite'} mt={4}>
      <Text size="sm" c="dimmed">
        {isTotal
          ? words.total(momentText(times[from], now).replace(/ UTC$/, ''), momentText(times[to], now))
          : momentText(times[at], now)}
      </Text>
      {series.map((one) => {
        const detail = (isTotal ? one.detail?.(from, to) : one.detail?.(at, at)) ?? ''
        return (
          <Group key={one.label} gap={6} wrap="nowrap" align="baseline">
            <svg width="14" height="10" aria-hidden="true">
              {isSummed ? (
                <rect width="10" height="10" rx="2.5" fill={one.color} />
              ) : (
                <line x2="14" y1="5" y2="5" stroke={one.color} strokeWidth="3" strokeDasharray={one.dash.join(' ')} />
              )}
            </svg>
            <Text size="sm">
              {one.label} <b>{isTotal ? valueText(totalOf(one, [from, to])) : valueText(one.values[at])}</b>
              {detail !== '' && (
                <Text span inherit c="dimmed">
                  {' '}
                  {detail}
                </Text>
              )}
            </Text>
          </Group>
        )
      })}
    </Group>
  )
}
