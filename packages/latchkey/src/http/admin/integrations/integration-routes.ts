// /admin/v1/integrations: create, read, search, update, disable, enable, delete.
import { Type } from 'typebox'
import { changeIntegrationStatus } from '../../../operations/change-integration-status.ts'
import { createIntegration, type CreateIntegrationPorts } from '../../../operations/create-integration.ts'
import { deleteIntegration } from '../../../operations/delete-integration.ts'
import { findIntegration } from '../../../operations/find-integration.ts'
import { updateIntegration } from '../../../operations/update-integration.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { NoBody } from '../conventions/bodies.ts'
import { idempotencyKeyOf, markReplay } from '../conventions/idempotency.ts'
import { unlessOwner } from '../credentials/owner-of-key-source.ts'
import { optionalVersion, etagOf, requiredVersion } from '../conventions/preconditions.ts'
import { readTime } from '../conventions/times.ts'
import { inRequest, requestedCredentials } from './new-credentials.ts'
import { sendProblem } from '../problems/problem.ts'
import { addIntegrationList } from './integration-list.ts'
import { integrationProblem, RENEWAL_WITHOUT_STABLE, RIGHT_SAID_TWICE } from './integration-problems.ts'
import {
  requestedMode,
  INTEGRATIONS,
  CreatedIntegrationView,
  createdIntegrationView,
  IntegrationParameters,
  IntegrationPatch,
  IntegrationView,
  integrationView,
  type IntegrationViewPorts,
  NewIntegrationBody,
} from './integration-schemas.ts'

const tags = ['Integrations']

export interface IntegrationRoutesPorts extends CreateIntegrationPorts, IntegrationViewPorts {}

export function addIntegrationRoutes(app: AdminServer, ports: IntegrationRoutesPorts): void {
  addIntegrationList(app, ports)

  app.post(
    INTEGRATIONS,
    {
      schema: {
        summary: 'Creates an integration, and shows its client secret unless it has keys or trust rules',
        tags,
        body: NewIntegrationBody,
        response: { 201: CreatedIntegrationView, 200: CreatedIntegrationView },
        problems: [
          'unknown_scope',
          'private_key_sent',
          'kid_taken',
          'too_many_keys',
          'too_many_rules',
          'idempotency_key_reused',
        ],
      },
    },
    async (request, reply) => {
      const { body } = request
      const mode = requestedMode(body.issue_mode)
      if (mode === 'unusable') return sendProblem(reply, RENEWAL_WITHOUT_STABLE)
      if (body.resource_server !== undefined && body.resource_server_for !== undefined) {
        return sendProblem(reply, RIGHT_SAID_TWICE)
      }
      const idempotencyKey = idempotencyKeyOf(request)
      if (!idempotencyKey.ok) return sendProblem(reply, idempotencyKey.refusal)
      const endsAt = body.secret_expires_at === undefined ? undefined : readTime(body.secret_expires_at)
      if (body.secret_expires_at !== undefined && endsAt === undefined) {
        return sendProblem(reply, integrationProblem({ reason: 'secret_end_unusable' }))
      }
      const sourceAt = body.credentials?.findIndex(({ kind }) => kind === 'jwks_uri') ?? -1
      const forbidden = sourceAt < 0 ? undefined : unlessOwner(request, `/credentials/${String(sourceAt)}`)
      if (forbidden !== undefined) return sendProblem(reply, forbidden)
      const credentials = requestedCredentials(body.credentials)
      if (!credentials.ok) return sendProblem(reply, credentials.refusal)
      const requested = {
        ...fieldsOf(body),
        name: body.name,
        scopes: body.scopes,
        resourceServerFor: body.resource_server === true ? body.scopes : body.resource_server_for,
        mode,
        importedSecret: body.imported_secret,
        ...credentials.value,
        generatedSecret: body.client_secret === 'generated' ? ('always' as const) : undefined,
        secretEndsAt: endsAt,
        idempotencyKey: idempotencyKey.value,
      }
      const created = await createIntegration(ports, actorOf(request), requested)
      if (!created.ok) return sendProblem(reply, integrationProblem(inRequest(created.refusal, body.credentials)))
      const view = createdIntegrationView(created.value, ports)
      void reply.header('location', `${INTEGRATIONS}/${view.id}`).header('etag', etagOf(view.version))
      return created.value.isReplay ? markReplay(reply).code(200).send(view) : reply.code(201).send(view)
    },
  )

  app.get(
    `${INTEGRATIONS}/:id`,
    {
      schema: {
        summary: 'Shows an integration',
        tags,
        params: IntegrationParameters,
        response: { 200: IntegrationView },
        problems: ['unknown_integration'],
      },
    },
    async (request, reply) => {
      const found = await findIntegration(ports, request.params.id)
      if (!found.ok) return sendProblem(reply, integrationProblem(found.refusal))
      return reply
        .header('etag', etagOf(found.value.state.integration.version))
        .send(integrationView(found.value, ports))
    },
  )

  app.patch(
    `${INTEGRATIONS}/:id`,
    {
      schema: {
        summary: 'Changes the given members of an integration',
        tags,
        params: IntegrationParameters,
        body: IntegrationPatch,
        response: { 200: IntegrationView },
        problems: ['unknown_integration', 'unknown_scope', 'stale_version', 'if_match_needed'],
      },
    },
    async (request, reply) => {
      const version = requiredVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const mode = requestedMode(request.body.issue_mode)
      if (mode === 'unusable') return sendProblem(reply, RENEWAL_WITHOUT_STABLE)
      const { name, scopes, resource_server_for: resourceServerFor } = request.body
      const fields = { ...fieldsOf(request.body), name, scopes, resourceServerFor, mode }
      const which = { id: request.params.id, version: version.value, fields }
      const updated = await updateIntegration(ports, actorOf(request), which)
      if (!updated.ok) return sendProblem(reply, integrationProblem(updated.refusal))
      const view = integrationView(updated.value, ports)
      return reply.header('etag', etagOf(view.version)).send(view)
    },
  )

  app.delete(
    `${INTEGRATIONS}/:id`,
    {
      schema: {
        summary: 'Deletes an integration with its secrets and tokens, permanently',
        tags,
        params: IntegrationParameters,
        body: NoBody,
        response: { 204: Type.Null({ description: 'Deleted' }) },
        problems: ['unknown_integration', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const deleted = await deleteIntegration(ports, actorOf(request), {
        id: request.params.id,
        version: version.value,
      })
      return deleted.ok ? reply.code(204).send(null) : sendProblem(reply, integrationProblem(deleted.refusal))
    },
  )

  const statusChanges = [
    { verb: 'disable', summary: 'Disables an integration and ends its live tokens' },
    { verb: 'enable', summary: 'Enables an integration. Its ended tokens stay ended' },
  ] as const
  for (const { verb, summary } of statusChanges) {
    app.post(
      `${INTEGRATIONS}/:id/${verb}`,
      {
        schema: {
          summary,
          tags,
          params: IntegrationParameters,
          body: NoBody,
          response: { 200: IntegrationView },
          problems: ['unknown_integration', 'stale_version'],
        },
      },
      async (request, reply) => {
        const version = optionalVersion(request)
        if (!version.ok) return sendProblem(reply, version.refusal)
        const which = { id: request.params.id, version: version.value, kind: verb }
        const changed = await changeIntegrationStatus(ports, actorOf(request), which)
        if (!changed.ok) return sendProblem(reply, integrationProblem(changed.refusal))
        const view = integrationView(changed.value, ports)
        return reply.header('etag', etagOf(view.version)).send(view)
      },
    )
  }
}

/** Returns the members that creation and update share, by their names in the operation. */
const fieldsOf = (
  body: Pick<
    Type.Static<typeof IntegrationPatch>,
    'description' | 'tags' | 'grace_seconds' | 'conditional' | 'allowed_addresses'
  >,
) => ({
  description: body.description,
  tags: body.tags,
  graceSeconds: body.grace_seconds,
  conditional: body.conditional,
  allowedAddresses: body.allowed_addresses,
})
