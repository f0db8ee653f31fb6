// The counters in the text format of Prometheus, read when somebody asks and at no other time.
import { type Metric, Registry } from 'prom-client'
import type { Measurements } from '../ports/measurements.ts'
import type { MetricFamily } from './metric-family.ts'

export function prometheusMeasurements(families: readonly MetricFamily[]): Measurements {
  const registry = new Registry()
  for (const { read, ...family } of families) {
    const get = async () => ({ ...family, aggregator: 'sum', values: await read() })
    // The registry asks a metric for its values and nothing else; its own kinds would count a second time what we count.
    registry.registerMetric({ ...family, get } as unknown as Metric)
  }
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
