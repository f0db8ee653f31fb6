// Writes the metrics in the text format of Prometheus. The values are read only at a scrape.
import { type Metric, Registry } from 'prom-client'
import type { Measurements } from '../ports/measurements.ts'
import type { MetricFamily } from './metric-family.ts'

export function prometheusMeasurements(families: readonly MetricFamily[]): Measurements {
  const registry = new Registry()
  for (const { read, ...family } of families) {
    const get = async () => ({ ...family, aggregator: 'sum', values: await read() })
    // Registers a minimal metric that only reads the present values. The metric types of the library would keep a
    // second copy of all counts.
    registry.registerMetric({ ...family, get } as unknown as Metric)
  }
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
