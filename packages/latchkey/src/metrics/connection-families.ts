// The metrics about the connections of all listeners of a process.
import { CONNECTION_METRICS, type ConnectionCounts } from '../connections/connection-counts.ts'
import { counter, gauges, type MetricFamily, type Sample } from './metric-family.ts'

export const connectionFamilies = (all: readonly ConnectionCounts[]): readonly MetricFamily[] =>
  CONNECTION_METRICS.map(([name, help, value]) => {
    const read = (): readonly Sample[] =>
      all.map((counts) => ({ labels: { listener: counts.listener }, value: value(counts) }))
    return name.endsWith('_total') ? counter(name, help, read) : gauges(name, help, read)
  })
