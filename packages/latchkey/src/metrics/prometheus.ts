// The metrics in the text format of Prometheus, read only at a scrape.
import { type Metric, Registry } from 'prom-client'
import type { Measurements } from '../ports/measurements.ts'
import type { MetricFamily } from './metric-family.ts'

export function prometheusMeasurements(families: readonly MetricFamily[]): Measurements {
  const registry = new Registry()
  for (const { read, ...family } of families) {
    const get = async () => ({ ...family, aggregator: 'sum', values: await read() })
    // The registry only asks a metric for its values. The library's own metric types would count everything twice.
    registry.registerMetric({ ...family, get } as unknown as Metric)
  }
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
