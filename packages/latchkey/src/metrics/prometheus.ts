// The metrics in the text format of Prometheus, which are read only at a scrape.
import { type Metric, Registry } from 'prom-client'
import type { Measurements } from '../ports/measurements.ts'
import type { MetricFamily } from './metric-family.ts'

export function prometheusMeasurements(families: readonly MetricFamily[]): Measurements {
  const registry = new Registry()
  for (const { read, ...family } of families) {
    const get = async () => ({ ...family, aggregator: 'sum', values: await read() })
    // A metric of the registry that only reads the values. The library's own metric types would count everything a
    // second time.
    registry.registerMetric({ ...family, get } as unknown as Metric)
  }
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
