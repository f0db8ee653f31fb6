// /admin/v1/issuers: lists, creates, reads, changes and deletes trusted issuers, and fetches their keys again.
import { Type } from 'typebox'
import {
  changeTrustedIssuer,
  createTrustedIssuer,
  deleteTrustedIssuer,
  findTrustedIssuer,
  type TrustedIssuerPorts,
} from '../../../operations/trusted-issuers.ts'
import type { TrustedIssuer } from '../../../domain/trusted-issuer.ts'
import { listIssuerUses, type ListIssuerUsesPorts } from '../../../operations/list-issuer-uses.ts'
import type { TrustedIssuerKeys } from '../../../ports/trusted-issuer-keys.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { NoBody } from '../conventions/bodies.ts'
import { cursorTo, linkNext, PageQuery, readCursor, readLimit } from '../conventions/paging.ts'
import { etagOf, optionalVersion, requiredVersion } from '../conventions/preconditions.ts'
import { sendProblem } from '../problems/problem.ts'
import { trustedIssuerProblem } from './trusted-issuer-problems.ts'
import {
  changedSettings,
  IssuerListView,
  IssuerParameters,
  IssuerPatch,
  IssuerUsePageView,
  issuerUseView,
  IssuerView,
  issuerView,
  KeyStateView,
  keyStateView,
  NewIssuerBody,
  newSettings,
} from './trusted-issuer-schemas.ts'

export interface TrustedIssuerRoutesPorts extends TrustedIssuerPorts, ListIssuerUsesPorts {
  readonly trustedIssuerKeys: TrustedIssuerKeys
}

const COLLECTION = '/admin/v1/issuers'
const USES = 'issuer_uses'

const tags = ['Trusted issuers']

export function addTrustedIssuerRoutes(app: AdminServer, ports: TrustedIssuerRoutesPorts): void {
  const { trustedIssuers, trustedIssuerKeys: keys } = ports
  const viewOf = (issuer: TrustedIssuer, uses = trustedIssuers.uses()) =>
    issuerView(issuer, { keys: keys.state(issuer), uses: uses.get(issuer.id) ?? [] })

  app.get(
    COLLECTION,
    { schema: { summary: 'Lists the trusted issuers', tags, response: { 200: IssuerListView } } },
    async (_request, reply) => {
      await trustedIssuers.refreshed()
      const uses = trustedIssuers.uses()
      return reply.send({ items: trustedIssuers.all().map((issuer) => viewOf(issuer, uses)) })
    },
  )

  app.post(
    COLLECTION,
    {
      schema: {
        summary: 'Registers an issuer whose assertions may authenticate clients. A client also needs a trust rule',
        tags,
        body: NewIssuerBody,
        response: { 201: IssuerView },
        problems: ['private_key_sent', 'issuer_exists', 'limit_reached'],
      },
    },
    async (request, reply) => {
      const created = await createTrustedIssuer(ports, actorOf(request), newSettings(request.body))
      if (!created.ok) return sendProblem(reply, trustedIssuerProblem(created.refusal))
      const issuer = created.value
      void reply.header('location', `${COLLECTION}/${issuer.id}`)
      return reply.code(201).header('etag', etagOf(issuer.version)).send(viewOf(issuer))
    },
  )

  app.get(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Shows a trusted issuer, and the keys that this server has in memory',
        tags,
        params: IssuerParameters,
        response: { 200: IssuerView },
        problems: ['unknown_trusted_issuer'],
      },
    },
    async (request, reply) => {
      const found = await findTrustedIssuer(ports, request.params.id)
      if (!found.ok) return sendProblem(reply, trustedIssuerProblem(found.refusal))
      return reply.header('etag', etagOf(found.value.version)).send(viewOf(found.value))
    },
  )

  app.patch(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Changes the given members of a trusted issuer. Its URL and platform stay',
        tags,
        params: IssuerParameters,
        body: IssuerPatch,
        response: { 200: IssuerView },
        problems: ['private_key_sent', 'unknown_trusted_issuer', 'issuer_exists', 'stale_version', 'if_match_needed'],
      },
    },
    async (request, reply) => {
      const version = requiredVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const which = { id: request.params.id, version: version.value, settings: changedSettings(request.body) }
      const changed = await changeTrustedIssuer(ports, actorOf(request), which)
      if (!changed.ok) return sendProblem(reply, trustedIssuerProblem(changed.refusal))
      const issuer = changed.value
      return reply.header('etag', etagOf(issuer.version)).send(viewOf(issuer))
    },
  )

  app.delete(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Deletes a trusted issuer that no trust rule names',
        tags,
        params: IssuerParameters,
        body: NoBody,
        response: { 204: Type.Null({ description: 'Deleted' }) },
        problems: ['unknown_trusted_issuer', 'issuer_in_use', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const which = { id: request.params.id, version: version.value }
      const deleted = await deleteTrustedIssuer(ports, actorOf(request), which)
      return deleted.ok ? reply.code(204).send(null) : sendProblem(reply, trustedIssuerProblem(deleted.refusal))
    },
  )

  app.get(
    `${COLLECTION}/:id/integrations`,
    {
      schema: {
        summary: 'Lists the integrations whose trust rules name an issuer, ordered by client ID',
        tags,
        params: IssuerParameters,
        querystring: PageQuery,
        response: { 200: IssuerUsePageView },
        problems: ['unknown_trusted_issuer'],
      },
    },
    async (request, reply) => {
      const limit = readLimit(request.query.limit)
      if (!limit.ok) return sendProblem(reply, limit.refusal)
      const place = readCursor(USES, ['string'], request.query.cursor)
      if (!place.ok) return sendProblem(reply, place.refusal)
      const after = place.value && String(place.value[0])
      const listed = await listIssuerUses(ports, { issuer: request.params.id, limit: limit.value, after })
      if (!listed.ok) return sendProblem(reply, trustedIssuerProblem(listed.refusal))
      const { items, next } = listed.value
      const cursor = next && cursorTo(USES, next)
      linkNext(request, reply, cursor)
      return reply.send({ items: items.map(issuerUseView), next_cursor: cursor ?? null })
    },
  )

  app.post(
    `${COLLECTION}/:id/refresh`,
    {
      schema: {
        summary: 'Fetches the keys of a trusted issuer now, on this server',
        tags,
        params: IssuerParameters,
        body: NoBody,
        response: { 200: KeyStateView },
        problems: ['unknown_trusted_issuer'],
      },
    },
    async (request, reply) => {
      const found = await findTrustedIssuer(ports, request.params.id)
      if (!found.ok) return sendProblem(reply, trustedIssuerProblem(found.refusal))
      return reply.send(keyStateView(await keys.refresh(found.value)))
    },
  )
}
