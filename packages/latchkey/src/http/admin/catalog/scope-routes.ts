// /admin/v1/scopes: list, create, read, change, delete.
import { Type } from 'typebox'
import { changeScope } from '../../../operations/change-scope.ts'
import { createScope } from '../../../operations/create-scope.ts'
import { deleteScope } from '../../../operations/delete-scope.ts'
import { findScope, listScopes, type ScopePorts } from '../../../operations/list-scopes.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed, NoBody } from '../conventions/bodies.ts'
import { optionalVersion, etagOf, requiredVersion } from '../conventions/preconditions.ts'
import { sendProblem } from '../problems/problem.ts'
import { scopeProblem } from './catalog-problems.ts'
import { ChangedScopeView, NewScopeBody, ScopeListView, ScopePatch, ScopeView, scopeView } from './catalog-schemas.ts'

const COLLECTION = '/admin/v1/scopes'

const NameParameter = Type.Object({
  name: Type.String({ description: 'The name of the scope, percent-encoded' }),
})

export const ForceQuery = Type.Object(
  {
    force: Type.Optional(
      Type.Enum(['true', 'false'], {
        description:
          'true: also ends all uses of the scope. Removes its grants, rights and APIs and ends its live tokens, in one commit',
      }),
    ),
  },
  closed,
)

const tags = ['Scopes']

export function addScopeRoutes(app: AdminServer, ports: ScopePorts): void {
  app.get(
    COLLECTION,
    { schema: { summary: 'Lists the scopes', tags, response: { 200: ScopeListView } } },
    async (_request, reply) => reply.send({ items: listScopes(ports).map(scopeView) }),
  )

  app.post(
    COLLECTION,
    {
      schema: {
        summary: 'Creates a scope',
        tags,
        body: NewScopeBody,
        response: { 201: ScopeView },
        problems: ['scope_exists', 'limit_reached'],
      },
    },
    async (request, reply) => {
      const { name, description = '', audience = null } = request.body
      const created = await createScope(ports, actorOf(request), { name, description, audience })
      if (!created.ok) return sendProblem(reply, scopeProblem(created.refusal))
      void reply.header('location', `${COLLECTION}/${encodeURIComponent(name)}`)
      return reply.code(201).header('etag', etagOf(created.value.version)).send(scopeView(created.value))
    },
  )

  app.get(
    `${COLLECTION}/:name`,
    {
      schema: {
        summary: 'Shows a scope',
        tags,
        params: NameParameter,
        response: { 200: ScopeView },
        problems: ['no_such_scope'],
      },
    },
    async (request, reply) => {
      const found = findScope(ports, request.params.name)
      if (!found.ok) return sendProblem(reply, scopeProblem(found.refusal))
      return reply.header('etag', etagOf(found.value.version)).send(scopeView(found.value))
    },
  )

  app.patch(
    `${COLLECTION}/:name`,
    {
      schema: {
        summary: 'Changes a scope. If the audience changes, the live tokens of the scope end',
        tags,
        params: NameParameter,
        body: ScopePatch,
        response: { 200: ChangedScopeView },
        problems: ['no_such_scope', 'stale_version', 'if_match_needed'],
      },
    },
    async (request, reply) => {
      const version = requiredVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const { description, audience } = request.body
      const which = { name: request.params.name, version: version.value, fields: { description, audience } }
      const changed = await changeScope(ports, actorOf(request), which)
      if (!changed.ok) return sendProblem(reply, scopeProblem(changed.refusal))
      const { endedTokens, ...scope } = changed.value
      return reply.header('etag', etagOf(scope.version)).send({ ...scopeView(scope), ended_tokens: endedTokens })
    },
  )

  app.delete(
    `${COLLECTION}/:name`,
    {
      schema: {
        summary: 'Deletes an unused scope. With force, also deletes a scope that is in use',
        tags,
        params: NameParameter,
        querystring: ForceQuery,
        body: NoBody,
        response: { 204: Type.Null({ description: 'Deleted' }) },
        problems: ['no_such_scope', 'scope_in_use', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const ifUsed = request.query.force === 'true' ? 'end_uses' : 'refuse'
      const which = { name: request.params.name, version: version.value, ifUsed } as const
      const deleted = await deleteScope(ports, actorOf(request), which)
      return deleted.ok ? reply.code(204).send(null) : sendProblem(reply, scopeProblem(deleted.refusal))
    },
  )
}
