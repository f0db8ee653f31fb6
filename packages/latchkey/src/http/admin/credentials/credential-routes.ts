// /admin/v1/integrations/{id}/credentials: lists, adds and ends the credentials of an integration other than secrets.
import { addClientKey, type AddClientKeyPorts } from '../../../operations/add-client-key.ts'
import { endCredential } from '../../../operations/end-credential.ts'
import { listCredentials } from '../../../operations/list-credentials.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { idempotencyKeyOf, markReplay } from '../conventions/idempotency.ts'
import { listOf } from '../conventions/paging.ts'
import { optionalVersion } from '../conventions/preconditions.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import { INTEGRATIONS, IntegrationParameters } from '../integrations/integration-schemas.ts'
import { sendProblem } from '../problems/problem.ts'
import { credentialProblem } from './credential-problems.ts'
import { CredentialParameters, CredentialView, credentialView, EndBody } from './credential-schemas.ts'
import { KeyBody } from './key-body.ts'

const tags = ['Credentials']

export function addCredentialRoutes(app: AdminServer, ports: AddClientKeyPorts): void {
  app.get(
    `${INTEGRATIONS}/:id/credentials`,
    {
      schema: {
        summary: 'Lists the credentials of an integration other than secrets, and their last use',
        tags,
        params: IntegrationParameters,
        response: { 200: listOf(CredentialView) },
        problems: ['unknown_integration'],
      },
    },
    async (request, reply) => {
      const listed = await listCredentials(ports, request.params.id)
      if (!listed.ok) return sendProblem(reply, integrationProblem(listed.refusal))
      return reply.send({ items: listed.value.map((one) => credentialView(one, ports.clientKeys)) })
    },
  )

  app.post(
    `${INTEGRATIONS}/:id/credentials`,
    {
      schema: {
        summary: 'Adds a public key. The client then authenticates by assertions that it signs with the private key',
        tags,
        params: IntegrationParameters,
        body: KeyBody,
        response: { 201: CredentialView, 200: CredentialView },
        problems: [
          'unknown_integration',
          'private_key_sent',
          'kid_taken',
          'too_many_keys',
          'stale_version',
          'idempotency_key_reused',
        ],
      },
    },
    async (request, reply) => {
      const { jwk, max_lifetime: maxLifetimeSeconds } = request.body
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const idempotencyKey = idempotencyKeyOf(request)
      if (!idempotencyKey.ok) return sendProblem(reply, idempotencyKey.refusal)
      const added = await addClientKey(ports, actorOf(request), {
        ...{ id: request.params.id, version: version.value, jwk, maxLifetimeSeconds },
        idempotencyKey: idempotencyKey.value,
      })
      if (!added.ok) return sendProblem(reply, credentialProblem(added.refusal))
      const view = credentialView(added.value.credential, ports.clientKeys)
      return added.value.isReplay ? markReplay(reply).code(200).send(view) : reply.code(201).send(view)
    },
  )

  app.post(
    `${INTEGRATIONS}/:id/credentials/:credential/end`,
    {
      schema: {
        summary: 'Ends a credential at once',
        tags,
        params: CredentialParameters,
        body: EndBody,
        response: { 200: CredentialView },
        problems: ['unknown_integration', 'unknown_credential', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const { id, credential: credentialId } = request.params
      const liveTokens = request.body?.revoke_tokens === true ? 'revoke' : 'keep'
      const ended = await endCredential(ports, actorOf(request), {
        id,
        version: version.value,
        credentialId,
        liveTokens,
      })
      return ended.ok
        ? reply.send(credentialView(ended.value, ports.clientKeys))
        : sendProblem(reply, credentialProblem(ended.refusal))
    },
  )
}
