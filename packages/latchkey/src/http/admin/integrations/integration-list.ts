// GET /admin/v1/integrations: lists integrations in pages, with search, filters and order.
import { Type } from 'typebox'
import { listIntegrations } from '../../../operations/list-integrations.ts'
import { ATTENTION_KINDS } from '../../../domain/attention.ts'
import type { IntegrationOrder, Integrations } from '../../../ports/integrations.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed } from '../conventions/bodies.ts'
import { cursorTo, linkNext, pageQuery, readCursor, readLimit } from '../conventions/paging.ts'
import { timeView } from '../conventions/times.ts'
import { sendProblem } from '../problems/problem.ts'
import { INTEGRATIONS, IntegrationPageView, integrationView, type IntegrationViewPorts } from './integration-schemas.ts'

const ORDERS = ['created', '-created', 'name', '-name', 'last_used', '-last_used', 'attention'] as const

export const ListQuery = Type.Object(
  {
    ...pageQuery,
    search: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 120,
        description: 'Part of a name or of a tag, or the start of a client ID',
      }),
    ),
    status: Type.Optional(Type.Enum(['active', 'disabled'])),
    scope: Type.Optional(
      Type.String({ minLength: 1, maxLength: 128, description: 'Only integrations that are allowed this scope' }),
    ),
    attention: Type.Optional(
      Type.Enum(['any', ...ATTENTION_KINDS], { description: 'Only integrations that need attention for this reason' }),
    ),
    sort: Type.Optional(
      Type.Enum([...ORDERS], {
        description:
          'A minus reverses the order. attention: integrations that need attention first, and otherwise the last used first. Default: created',
      }),
    ),
  },
  closed,
)

export interface IntegrationListPorts extends IntegrationViewPorts {
  readonly integrations: Integrations
}

export function addIntegrationList(app: AdminServer, ports: IntegrationListPorts): void {
  app.get(
    INTEGRATIONS,
    {
      schema: {
        summary: 'Lists integrations',
        tags: ['Integrations'],
        querystring: ListQuery,
        response: { 200: IntegrationPageView },
      },
    },
    async (request, reply) => {
      const { limit: limitText, cursor, search, status, scope, attention, sort: order = 'created' } = request.query
      const limit = readLimit(limitText)
      if (!limit.ok) return sendProblem(reply, limit.refusal)
      const place = readCursor(listName(order), [order.endsWith('name') ? 'string' : 'number', 'number'], cursor)
      if (!place.ok) return sendProblem(reply, place.refusal)
      const [value, seq] = place.value ?? []
      const { items, next, counts, measuredSince } = await listIntegrations(ports, {
        search,
        scope,
        attention,
        enabled: status === undefined ? undefined : status === 'active',
        order,
        limit: limit.value,
        after: value === undefined ? undefined : { value, seq: Number(seq) },
      })
      const nextCursor = next && cursorTo(listName(order), next.value, next.seq)
      linkNext(request, reply, nextCursor)
      const { active, disabled } = counts
      return reply.send({
        items: items.map((item) => integrationView(item, ports)),
        next_cursor: nextCursor ?? null,
        counts: { all: active + disabled, active, disabled },
        attention_counts: counts.attention,
        measured_since: timeView(measuredSince),
      })
    },
  )
}

const listName = (order: IntegrationOrder): string => `integrations ${order}`
