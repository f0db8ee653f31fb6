// The plot itself, drawn by uPlot. Loaded with the first chart.
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Series } from './series.ts'
import { timeRange } from './time-range.ts'

export interface PlotProps {
  readonly height: number
  readonly times: readonly string[]
  readonly series: readonly Series[]
  /** The time range of the plot in seconds, also if less was measured. */
  readonly span: number
  readonly cursor: number | undefined
  readonly onCursor: (index: number | undefined) => void
}

export function Plot({ height, times, series, span, cursor, onCursor }: PlotProps) {
  const scheme = useComputedColorScheme('light')
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | undefined>(undefined)
  const hear = useRef(onCursor)
  hear.current = onCursor
  const shape = `${scheme} ${span} ${series.map(({ label, color, values }) => label + color + String(values.includes(null))).join()}`

  useEffect(() => {
    const element = host.current
    if (element === null) return
    const made = new UPlot(
      optionsFor(element, { height, series, span, onCursor: (index) => hear.current(index) }),
      [[]],
      element,
    )
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
    // Made again only if colours or series change. The numbers are put in below.
  }, [shape, height])

  useEffect(() => {
    plot.current?.setData([times.map((at) => Date.parse(at) / 1000), ...series.map(({ values }) => [...values])])
  }, [times, series, shape])

  useEffect(() => {
    const drawn = plot.current
    const at = cursor === undefined ? undefined : times[cursor]
    if (drawn === undefined || at === undefined) return
    drawn.setCursor({ left: drawn.valToPos(Date.parse(at) / 1000, 'x'), top: height / 3 }, false)
  }, [cursor, times, height])

  return <div ref={host} aria-hidden style={{ height }} />
}

interface Drawing {
  readonly height: number
  readonly series: readonly Series[]
  readonly span: number
  readonly onCursor: (index: number | undefined) => void
}

function optionsFor(element: HTMLElement, { height, series, span, onCursor }: Drawing): UPlot.Options {
  const style = getComputedStyle(element)
  const colour = (text: string): string => style.getPropertyValue(/^var\((.+)\)$/.exec(text)?.[1] ?? '') || text
  const axis: UPlot.Axis = {
    stroke: colour('var(--mantine-color-dimmed)'),
    grid: { stroke: colour('var(--lk-track)'), width: 1 },
    ticks: { show: false },
    font: "500 11px 'Inter Variable', system-ui, sans-serif",
  }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      // uPlot's own bounds are not used: for a single value it makes them a day apart.
      x: { range: ({ data: [seconds] }) => timeRange(seconds, span) },
      y: { range: (_plot, _min, max) => [0, Math.max(4, max * 1.1)] },
    },
    axes: [
      {
        ...axis,
        values: (_plot, splits) => splits.map((seconds) => new Date(seconds * 1000).toISOString().slice(11, 16)),
      },
      { ...axis, size: 44, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000] },
    ],
    tzDate: (seconds) => UPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    hooks: { setCursor: [(plot) => plot.cursor.event && onCursor(plot.cursor.idx ?? undefined)] },
    series: [
      {},
      ...series.map(({ label, color, dash, values }) => ({
        label,
        stroke: colour(color),
        width: 2,
        dash: [...dash],
        // A value between two gaps is a line of no length.
        points: { show: values.includes(null) || values.length < 3, size: 5 },
      })),
    ],
  }
}
