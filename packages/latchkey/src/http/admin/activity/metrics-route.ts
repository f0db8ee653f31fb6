// GET /metrics: the metrics of the server, in the text format of Prometheus.
import type { Measurements } from '../../../ports/measurements.ts'
import type { AdminServer } from '../admin-server.ts'

export interface MetricsPorts {
  readonly measurements: Measurements
}

export function addMetricsRoute(app: AdminServer, { measurements }: MetricsPorts): void {
  app.get(
    '/metrics',
    {
      schema: {
        summary: "Shows the server's metrics",
        tags: ['Activity'],
        answers: { 200: { description: 'The text format of Prometheus', content: { 'text/plain': {} } } },
      },
    },
    async (_request, reply) => reply.type(measurements.contentType).send(await measurements.text()),
  )
}
