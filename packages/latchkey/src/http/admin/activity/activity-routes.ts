// /admin/v1/overview and /admin/v1/integrations/{id}/activity: counts of the last hour and the last day.
import { Type } from 'typebox'
import {
  readIntegrationActivity,
  type ReadActivityPorts,
  readServerActivity,
} from '../../../operations/read-activity.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed } from '../conventions/bodies.ts'
import { readTime } from '../conventions/times.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import { INTEGRATIONS, IntegrationParameters } from '../integrations/integration-schemas.ts'
import { sendProblem, unusableParameter } from '../problems/problem.ts'
import {
  IntegrationActivityView,
  intervalView,
  OverviewView,
  serverIntervalView,
  serverView,
  summaryView,
} from './activity-schemas.ts'

const SinceQuery = Type.Object(
  {
    since: Type.Optional(
      Type.String({
        maxLength: 40,
        description: 'RFC 3339. The answer omits the intervals that ended at or before this time',
      }),
    ),
  },
  closed,
)

const tags = ['Activity']

export function addActivityRoutes(app: AdminServer, ports: ReadActivityPorts): void {
  app.get(
    '/admin/v1/overview',
    {
      schema: {
        summary: 'Shows the activity of the server',
        tags,
        querystring: SinceQuery,
        response: { 200: OverviewView },
      },
    },
    async (request, reply) => {
      const from = readSince(request.query.since)
      if (from === 'unusable') return sendProblem(reply, SINCE_UNUSABLE)
      const summary = readServerActivity(ports, from)
      const minutes = summary.activity.minutes.map(serverIntervalView)
      const half_hours = summary.activity.halfHours.map(serverIntervalView)
      return reply.send({ ...summaryView(summary), ...serverView(summary), minutes, half_hours })
    },
  )

  app.get(
    `${INTEGRATIONS}/:id/activity`,
    {
      schema: {
        summary: 'Shows the activity of an integration',
        tags,
        params: IntegrationParameters,
        querystring: SinceQuery,
        response: { 200: IntegrationActivityView },
        problems: ['unknown_integration'],
      },
    },
    async (request, reply) => {
      const from = readSince(request.query.since)
      if (from === 'unusable') return sendProblem(reply, SINCE_UNUSABLE)
      const read = await readIntegrationActivity(ports, request.params.id, from)
      if (!read.ok) return sendProblem(reply, integrationProblem(read.refusal))
      const { integration, activity } = read.value
      return reply.send({
        integration_id: integration.id,
        client_id: integration.state.integration.clientId,
        ...summaryView(read.value),
        minutes: activity.minutes.map(intervalView),
        half_hours: activity.halfHours.map(intervalView),
      })
    },
  )
}

function readSince(text: string | undefined): number | undefined | 'unusable' {
  if (text === undefined) return undefined
  return readTime(text) ?? 'unusable'
}

const SINCE_UNUSABLE = unusableParameter('since', 'must be an RFC 3339 time, such as 2030-01-31T12:00:00Z')
