// A metric family: the name, the description and the present values of a metric.
import type { Histogram } from './histogram.ts'

export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly read: () => readonly Sample[] | Promise<readonly Sample[]>
}

export type Labels = Readonly<Record<string, string | number>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** The name of the sample, if it differs from the name of the family. The parts of a histogram have such names. */
  readonly metricName?: string
}

type Reading = () => number | Promise<number>

export const counter = (name: string, help: string, read: () => readonly Sample[]): MetricFamily => ({
  name,
  help,
  type: 'counter',
  read,
})

export const gauge = (name: string, help: string, read: Reading): MetricFamily => ({
  name,
  help,
  type: 'gauge',
  read: async () => [{ labels: {}, value: await read() }],
})

/** Makes a family of gauges with different labels. */
export const gauges = (name: string, help: string, read: () => readonly Sample[]): MetricFamily => ({
  name,
  help,
  type: 'gauge',
  read,
})

interface LabelledHistogram {
  readonly labels: Labels
  readonly histogram: Histogram
}

export const histogram = (name: string, help: string, read: () => readonly LabelledHistogram[]): MetricFamily => ({
  name,
  help,
  type: 'histogram',
  read: () => read().flatMap((series) => samplesOf(name, series)),
})

/** Returns the samples of a histogram. Its buckets are cumulative, as the Prometheus format requires. */
function samplesOf(name: string, { labels, histogram: { bounds, counts, sum } }: LabelledHistogram): readonly Sample[] {
  let below = 0
  const buckets = [...bounds, '+Inf'].map((le, place): Sample => {
    below += counts[place] ?? 0
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ]
}
