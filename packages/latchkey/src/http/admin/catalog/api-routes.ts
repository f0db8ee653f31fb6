// /admin/v1/apis: list, create, read, change, delete.
import { Type } from 'typebox'
import { changeApi } from '../../../operations/change-api.ts'
import { type ApiPorts, createApi } from '../../../operations/create-api.ts'
import { deleteApi } from '../../../operations/delete-api.ts'
import { findApi } from '../../../operations/find-api.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Random } from '../../../ports/random.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { NoBody } from '../conventions/bodies.ts'
import { optionalVersion, etagOf, requiredVersion } from '../conventions/preconditions.ts'
import { sendProblem } from '../problems/problem.ts'
import { apiProblem } from './catalog-problems.ts'
import { ApiListView, ApiPatch, ApiView, apiView, NewApiBody } from './catalog-schemas.ts'

const COLLECTION = '/admin/v1/apis'

const IdParameter = Type.Object({ id: Type.String({ maxLength: 64, description: 'The id (api_…)' }) })

const tags = ['APIs']

export function addApiRoutes(
  app: AdminServer,
  ports: ApiPorts & { readonly clock: Clock; readonly random: Random },
): void {
  app.get(
    COLLECTION,
    { schema: { summary: 'Lists the APIs', tags, response: { 200: ApiListView } } },
    async (_request, reply) => reply.send({ items: ports.catalog.apis().map(apiView) }),
  )

  app.post(
    COLLECTION,
    {
      schema: {
        summary: 'Creates an API',
        tags,
        body: NewApiBody,
        response: { 201: ApiView },
        problems: ['unknown_scope', 'api_exists', 'limit_reached'],
      },
    },
    async (request, reply) => {
      const { name, scope, description = '', routes = [] } = request.body
      const created = await createApi(ports, actorOf(request), { name, scope, description, routes })
      if (!created.ok) return sendProblem(reply, apiProblem(created.refusal))
      const view = apiView(created.value)
      void reply.header('location', `${COLLECTION}/${view.id}`)
      return reply.code(201).header('etag', etagOf(view.version)).send(view)
    },
  )

  app.get(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Shows an API',
        tags,
        params: IdParameter,
        response: { 200: ApiView },
        problems: ['unknown_api'],
      },
    },
    async (request, reply) => {
      const found = findApi(ports, request.params.id)
      if (!found.ok) return sendProblem(reply, apiProblem(found.refusal))
      return reply.header('etag', etagOf(found.value.version)).send(apiView(found.value))
    },
  )

  app.patch(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Changes the given members of an API',
        tags,
        params: IdParameter,
        body: ApiPatch,
        response: { 200: ApiView },
        problems: ['unknown_scope', 'unknown_api', 'api_exists', 'stale_version', 'if_match_needed'],
      },
    },
    async (request, reply) => {
      const version = requiredVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const { name, scope, description, routes } = request.body
      const fields = { name, scope, description, routes }
      const which = { id: request.params.id, version: version.value, fields }
      const changed = await changeApi(ports, actorOf(request), which)
      if (!changed.ok) return sendProblem(reply, apiProblem(changed.refusal))
      return reply.header('etag', etagOf(changed.value.version)).send(apiView(changed.value))
    },
  )

  app.delete(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Deletes an API and keeps its scope',
        tags,
        params: IdParameter,
        body: NoBody,
        response: { 204: Type.Null({ description: 'Deleted' }) },
        problems: ['unknown_api', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const deleted = await deleteApi(ports, actorOf(request), { id: request.params.id, version: version.value })
      return deleted.ok ? reply.code(204).send(null) : sendProblem(reply, apiProblem(deleted.refusal))
    },
  )
}
