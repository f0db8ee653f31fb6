// Live tokens: which there are, who asked for the last ones, and their revocation. Never a token itself.
import { Type } from 'typebox'
import type { RecordedToken, Slot } from '../../../domain/slot.ts'
import { listLiveTokens, listTokens, type ListTokensPorts, tokenHistory } from '../../../operations/list-tokens.ts'
import { revokeTokens } from '../../../operations/revoke-tokens.ts'
import type { IntegrationSummary } from '../../../ports/integrations.ts'
import type { RecordedIssuance } from '../../../ports/slot-views.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import { COLLECTION, IdParameter, NoBody } from '../integrations/integration-schemas.ts'
import { cursorTo, linkNext, pageOf, pageQuery, readCursor, readLimit } from '../conventions/paging.ts'
import { sendProblem } from '../problems/problem.ts'
import { Time, timeView } from '../conventions/times.ts'

const LiveTokenView = Type.Object({
  generation: Type.Integer(),
  jti: Type.String(),
  issued_at: Time,
  expires_at: Time,
  expires_in: Type.Integer({ description: 'Whole seconds left' }),
})

const SlotView = Type.Object({
  client_id: Type.String(),
  integration_id: Type.String(),
  integration_name: Type.String(),
  scope: Type.String(),
  audience: Type.Union([Type.String(), Type.Null()], { description: 'Of the live token' }),
  generation: Type.Integer({ description: 'Of the last change of the slot' }),
  live: Type.Union([LiveTokenView, Type.Null()]),
  in_grace: Type.Union([
    Type.Object({ generation: Type.Integer(), jti: Type.String(), accepted_until: Time }),
    Type.Null(),
  ]),
})

const IssuanceView = Type.Object({
  generation: Type.Integer(),
  jti: Type.String(),
  issued_at: Time,
  requests: Type.Integer({ description: 'How many requests it answered' }),
  requesters: Type.Array(Type.Object({ address: Type.String(), user_agent: Type.String(), secret_id: Type.String() }), {
    description: 'Up to 8 different ones of them',
  }),
})

const HistoryView = Type.Object({ ...SlotView.properties, history: Type.Array(IssuanceView) })
const RevokedView = Type.Object({ revoked: Type.Integer({ description: 'How many live tokens ended' }) })
const SlotParameters = Type.Object({ ...IdParameter.properties, scope: Type.String({ maxLength: 128 }) })

const tags = ['Tokens']
const LIST = 'tokens'

export function addTokenRoutes(app: AdminServer, ports: ListTokensPorts): void {
  app.get(
    '/admin/v1/tokens',
    {
      schema: {
        summary: 'Lists the live tokens of all integrations, the least time left first',
        tags,
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: { 200: Type.Object(pageOf(SlotView)) },
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
    `${COLLECTION}/:id/tokens`,
    {
      schema: {
        summary: 'Shows the slots of an integration: one for each scope, with its live token',
        tags,
        params: IdParameter,
        response: { 200: Type.Object({ items: Type.Array(SlotView) }) },
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
    `${COLLECTION}/:id/tokens/:scope`,
    {
      schema: {
        summary: 'Shows one slot with its last 16 issuances and who asked for them',
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
    { path: `${COLLECTION}/:id/tokens`, params: IdParameter, summary: 'Ends all live tokens of an integration' },
    { path: `${COLLECTION}/:id/tokens/:scope`, params: SlotParameters, summary: 'Ends the live token of one scope' },
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
        const revoked = await revokeTokens(ports, actorOf(request), id, scope === undefined ? 'all' : { scope })
        return revoked.ok
          ? reply.send({ revoked: revoked.value })
          : sendProblem(reply, integrationProblem(revoked.refusal))
      },
    )
  }
}

function slotView({ id, name, state }: IntegrationSummary, slot: Slot, now: number): Type.Static<typeof SlotView> {
  const { live, predecessor } = slot
  const isInGrace = predecessor !== undefined && now < Math.min(predecessor.until, predecessor.token.expiresAt)
  return {
    client_id: state.integration.clientId,
    integration_id: id,
    integration_name: name,
    scope: slot.scope,
    audience: live?.audience ?? null,
    generation: slot.generation,
    live: live === undefined ? null : liveView(live, now),
    in_grace: isInGrace
      ? {
          generation: predecessor.token.generation,
          jti: predecessor.token.jti,
          accepted_until: timeView(Math.min(predecessor.until, predecessor.token.expiresAt)),
        }
      : null,
  }
}

/** Null for a token whose time is over: nothing needs to clear it away for that. */
function liveView({ generation, jti, issuedAt, expiresAt }: RecordedToken, now: number) {
  if (now >= expiresAt) return null
  return {
    generation,
    jti,
    issued_at: timeView(issuedAt),
    expires_at: timeView(expiresAt),
    expires_in: expiresAt - now,
  }
}

const issuanceView = ({ generation, jti, issuedAt, requests, requesters }: RecordedIssuance) => ({
  generation,
  jti,
  issued_at: timeView(issuedAt),
  requests,
  requesters: requesters.map(({ address, userAgent, secretId }) => ({
    address,
    user_agent: userAgent,
    secret_id: secretId,
  })),
})
