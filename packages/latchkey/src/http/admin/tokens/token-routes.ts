// /admin/v1/tokens, /admin/v1/integrations/{id}/tokens: live tokens, issuances and revocation. No answer contains a
// token.
import { listLiveTokens, listTokens, type ListTokensPorts, tokenHistory } from '../../../operations/list-tokens.ts'
import { revokeTokens } from '../../../operations/revoke-tokens.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { NoBody } from '../conventions/bodies.ts'
import { cursorTo, linkNext, listOf, PageQuery, readCursor, readLimit } from '../conventions/paging.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import { INTEGRATIONS, IntegrationParameters } from '../integrations/integration-schemas.ts'
import { sendProblem } from '../problems/problem.ts'
import {
  HistoryView,
  issuanceView,
  liveView,
  RevokedView,
  SlotPageView,
  SlotParameters,
  SlotView,
  slotView,
} from './token-schemas.ts'

const tags = ['Tokens']
const LIST = 'tokens'

export function addTokenRoutes(app: AdminServer, ports: ListTokensPorts): void {
  app.get(
    '/admin/v1/tokens',
    {
      schema: {
        summary: 'Lists the live tokens of all integrations, ordered by expiry, the earliest first',
        tags,
        querystring: PageQuery,
        response: { 200: SlotPageView },
      },
    },
    async (request, reply) => {
      const limit = readLimit(request.query.limit)
      if (!limit.ok) return sendProblem(reply, limit.refusal)
      const place = readCursor(LIST, ['number', 'number'], request.query.cursor)
      if (!place.ok) return sendProblem(reply, place.refusal)
      const [expiresAt, slotId] = place.value ?? []
      const after = expiresAt === undefined ? undefined : { expiresAt: Number(expiresAt), slotId: Number(slotId) }
      const { items, next } = await listLiveTokens(ports, { limit: limit.value, after })
      const cursor = next && cursorTo(LIST, next.expiresAt, next.slotId)
      linkNext(request, reply, cursor)
      const now = ports.clock.now()
      return reply.send({
        items: items.map(({ clientId, integrationId, integrationName, scope, token }) => ({
          client_id: clientId,
          integration_id: integrationId,
          integration_name: integrationName,
          scope,
          audience: token.audience,
          generation: token.generation,
          live: liveView(token, now),
          in_grace: null,
        })),
        next_cursor: cursor ?? null,
      })
    },
  )

  app.get(
    `${INTEGRATIONS}/:id/tokens`,
    {
      schema: {
        summary: 'Shows the slots of an integration: one for each scope, with its live token',
        tags,
        params: IntegrationParameters,
        response: { 200: listOf(SlotView) },
        problems: ['unknown_integration'],
      },
    },
    async (request, reply) => {
      const listed = await listTokens(ports, request.params.id)
      if (!listed.ok) return sendProblem(reply, integrationProblem(listed.refusal))
      const { integration, slots } = listed.value
      return reply.send({ items: slots.map((slot) => slotView(integration, slot, ports.clock.now())) })
    },
  )

  app.get(
    `${INTEGRATIONS}/:id/tokens/:scope`,
    {
      schema: {
        summary: 'Shows one slot with its last 16 issuances and their callers',
        tags,
        params: SlotParameters,
        response: { 200: HistoryView },
        problems: ['unknown_integration', 'unknown_slot'],
      },
    },
    async (request, reply) => {
      const found = await tokenHistory(ports, request.params.id, request.params.scope)
      if (!found.ok) return sendProblem(reply, integrationProblem(found.refusal))
      const { integration, slot, issuances } = found.value
      const view = slotView(integration, slot, ports.clock.now())
      return reply.send({ ...view, history: issuances.map(issuanceView) })
    },
  )

  for (const { path, params, summary } of [
    {
      path: `${INTEGRATIONS}/:id/tokens`,
      params: IntegrationParameters,
      summary: 'Ends all live tokens of an integration',
    },
    { path: `${INTEGRATIONS}/:id/tokens/:scope`, params: SlotParameters, summary: 'Ends the live token of one scope' },
  ]) {
    app.delete(
      path,
      {
        schema: {
          summary,
          tags,
          params,
          body: NoBody,
          response: { 200: RevokedView },
          problems: ['unknown_integration', 'unknown_slot'],
        },
      },
      async (request, reply) => {
        const { id, scope } = request.params as { id: string; scope?: string }
        const which = scope === undefined ? 'all' : { scope }
        const revoked = await revokeTokens(ports, actorOf(request), { id, which })
        return revoked.ok
          ? reply.send({ revoked: revoked.value })
          : sendProblem(reply, integrationProblem(revoked.refusal))
      },
    )
  }
}
