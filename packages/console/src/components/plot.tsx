// The plot itself, drawn by uPlot. Loaded with the first chart.
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Series } from './series.ts'
import { stacked } from './stack.ts'
import { timeRange, type TimeRange } from './time-range.ts'

export interface PlotProps {
  readonly height: number
  readonly times: readonly string[]
  readonly series: readonly Series[]
  readonly kind: 'areas' | 'lines'
  readonly range: TimeRange
  readonly cursor: number | undefined
  readonly onCursor: (index: number | undefined) => void
  /** Called when the operator has dragged over a part of the plot. */
  readonly onSelect: (from: number, to: number) => void
}

export function Plot({ height, times, series, kind, range, cursor, onCursor, onSelect }: PlotProps) {
  const scheme = useComputedColorScheme('light')
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | undefined>(undefined)
  const hear = useRef({ onCursor, onSelect })
  hear.current = { onCursor, onSelect }
  const last = times.length - 1
  const clamp = useRef((index: number) => index)
  clamp.current = (index) => Math.max(0, Math.min(last, index))
  const shape = `${scheme} ${kind} ${range.interval} ${range.least} ${series.map(({ label, color, values }) => label + color + String(values.includes(null))).join()}`

  useEffect(() => {
    const element = host.current
    if (element === null) return
    const made = new UPlot(
      optionsFor(element, {
        ...{ height, series, kind, range },
        onCursor: (index) => hear.current.onCursor(index === undefined ? undefined : clamp.current(index)),
        onSelect: (from, to) => hear.current.onSelect(clamp.current(from), clamp.current(to)),
      }),
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
    // The plot is made again only if colours or series change. The code below sets the numbers.
  }, [shape, height])

  useEffect(() => {
    plot.current?.setData(dataOf({ times, series, kind, range }))
  }, [times, series, shape])

  useEffect(() => {
    const drawn = plot.current
    const at = cursor === undefined ? undefined : times[cursor]
    if (drawn === undefined || at === undefined) return
    drawn.setCursor({ left: drawn.valToPos(Date.parse(at) / 1000, 'x'), top: height / 3 }, false)
  }, [cursor, times, height])

  return <div ref={host} aria-hidden style={{ height }} />
}

/** An area reaches to the end of its last interval, and the highest one is drawn first. */
function dataOf({
  times,
  series,
  kind,
  range,
}: Pick<PlotProps, 'times' | 'series' | 'kind' | 'range'>): UPlot.AlignedData {
  const seconds = times.map((at) => Date.parse(at) / 1000)
  if (kind === 'lines') return [seconds, ...series.map(({ values }) => [...values])]
  const edges = stacked(series.map(({ values }) => values)).toReversed()
  const end = (seconds.at(-1) ?? 0) + range.interval
  return [[...seconds, end], ...edges.map((edge) => [...edge, edge.at(-1) ?? 0])]
}

type Drawing = Pick<PlotProps, 'height' | 'series' | 'kind' | 'range' | 'onCursor' | 'onSelect'>

function optionsFor(element: HTMLElement, drawing: Drawing): UPlot.Options {
  const { height, range, onCursor, onSelect } = drawing
  const style = getComputedStyle(element)
  const colour = (text: string): string => style.getPropertyValue(/^var\((.+)\)$/.exec(text)?.[1] ?? '') || text
  const axis: UPlot.Axis = {
    stroke: colour('var(--mantine-color-dimmed)'),
    grid: { stroke: colour('var(--lk-line)'), width: 1 },
    ticks: { show: false },
    font: "500 11px 'Inter Variable', system-ui, sans-serif",
  }
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false, dist: 8 }, points: { size: 7 } },
    scales: {
      // uPlot's own bounds are not used: for a single value it makes them a day apart.
      x: { range: ({ data: [seconds] }) => rangeOf(seconds, drawing, range) },
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
    hooks: {
      setCursor: [(plot) => plot.cursor.event && onCursor(plot.cursor.idx ?? undefined)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width === 0) return
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          onSelect(plot.posToIdx(left), plot.posToIdx(left + width))
        },
      ],
    },
    series: [{}, ...(drawing.kind === 'areas' ? areasOf(drawing, colour) : linesOf(drawing, colour))],
  }
}

/** The times of areas already include the end of the last interval. */
const rangeOf = (seconds: ArrayLike<number>, { kind }: Drawing, { interval, least }: TimeRange): [number, number] =>
  timeRange(seconds, { interval: kind === 'areas' ? 0 : interval, least })

const areasOf = ({ series }: Drawing, colour: (text: string) => string): UPlot.Series[] => {
  const paths = UPlot.paths.stepped?.({ align: 1 })
  return series.toReversed().map(({ label, color }) => ({
    ...{ label, fill: colour(color), stroke: colour('var(--mantine-color-body)'), width: 1 },
    ...(paths !== undefined && { paths }),
    points: { show: false },
  }))
}

const linesOf = ({ series }: Drawing, colour: (text: string) => string): UPlot.Series[] =>
  series.map(({ label, color, dash, values }) => ({
    ...{ label, stroke: colour(color), width: 2, dash: [...dash] },
    // A value between two gaps would be a line without length.
    points: { show: values.includes(null) || values.length < 3, size: 5 },
  }))
