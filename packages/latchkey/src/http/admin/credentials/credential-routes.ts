// /admin/v1/integrations/{id}/credentials: lists, adds and ends the keys, `jwks_uri` and trust rules of an integration.
import { accept, type Result } from '@latchkey/protocol'
import { Type } from 'typebox'
import { addCredential, type AddCredentialPorts, type NewCredential } from '../../../operations/add-credential.ts'
import { endCredential } from '../../../operations/end-credential.ts'
import { listCredentials } from '../../../operations/list-credentials.ts'
import type { ClientKeySources } from '../../../ports/client-key-sources.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { idempotencyKeyOf, markReplay } from '../conventions/idempotency.ts'
import { listOf } from '../conventions/paging.ts'
import { optionalVersion } from '../conventions/preconditions.ts'
import { integrationProblem } from '../integrations/integration-problems.ts'
import { INTEGRATIONS, IntegrationParameters } from '../integrations/integration-schemas.ts'
import { type Problem, sendProblem } from '../problems/problem.ts'
import { credentialProblem } from './credential-problems.ts'
import {
  CredentialParameters,
  CredentialView,
  credentialView,
  type CredentialViewParts,
  EndBody,
} from './credential-schemas.ts'
import { KeyBody, keyRequest } from './key-body.ts'
import { KeySourceBody, keySourceRequest } from './key-source-body.ts'
import { unlessOwner } from './owner-of-key-source.ts'
import { RuleBody, ruleRequest } from './rule-body.ts'

const tags = ['Credentials']

export interface CredentialRoutesPorts extends AddCredentialPorts {
  readonly clientKeySources: ClientKeySources
}

export function addCredentialRoutes(app: AdminServer, ports: CredentialRoutesPorts): void {
  const { clientKeys, clientKeySources } = ports
  const parts = (): CredentialViewParts => ({ issuers: ports.trustedIssuers.all(), clientKeys, clientKeySources })
  app.get(
    `${INTEGRATIONS}/:id/credentials`,
    {
      schema: {
        summary: 'Lists the keys, jwks_uri and trust rules of an integration, and their last use',
        tags,
        params: IntegrationParameters,
        response: { 200: listOf(CredentialView) },
        problems: ['unknown_integration'],
      },
    },
    async (request, reply) => {
      const listed = await listCredentials(ports, request.params.id)
      if (!listed.ok) return sendProblem(reply, integrationProblem(listed.refusal))
      return reply.send({ items: listed.value.map((one) => credentialView(one, parts())) })
    },
  )

  app.post(
    `${INTEGRATIONS}/:id/credentials`,
    {
      schema: {
        summary: 'Adds a public key, a jwks_uri (owners only) or a trust rule',
        tags,
        params: IntegrationParameters,
        body: Type.Union([KeyBody, KeySourceBody, RuleBody]),
        response: { 201: CredentialView, 200: CredentialView },
        problems: [
          'unknown_integration',
          'private_key_sent',
          'kid_taken',
          'too_many_keys',
          'jwks_uri_beside_keys',
          'unknown_trusted_issuer',
          'too_many_rules',
          'stale_version',
          'idempotency_key_reused',
        ],
      },
    },
    async (request, reply) => {
      const forbidden = request.body.kind === 'jwks_uri' ? unlessOwner(request, '/uri') : undefined
      if (forbidden !== undefined) return sendProblem(reply, forbidden)
      const credential = credentialOf(request.body)
      if (!credential.ok) return sendProblem(reply, credential.refusal)
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const idempotencyKey = idempotencyKeyOf(request)
      if (!idempotencyKey.ok) return sendProblem(reply, idempotencyKey.refusal)
      const added = await addCredential(ports, actorOf(request), {
        ...{ id: request.params.id, version: version.value, credential: credential.value },
        idempotencyKey: idempotencyKey.value,
      })
      if (!added.ok) return sendProblem(reply, credentialProblem(added.refusal))
      const { credential: made } = added.value.credential
      // The answer says whether the keys could be fetched.
      if (made.kind === 'jwks_uri') await clientKeySources.firstState(made)
      const view = credentialView(added.value.credential, parts())
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
        ? reply.send(credentialView(ended.value, parts()))
        : sendProblem(reply, credentialProblem(ended.refusal))
    },
  )
}

function credentialOf(
  body: Type.Static<typeof KeyBody> | Type.Static<typeof KeySourceBody> | Type.Static<typeof RuleBody>,
): Result<NewCredential, Problem> {
  if (body.kind === 'key') return accept({ kind: 'key', ...keyRequest(body) })
  if (body.kind === 'jwks_uri') return accept({ kind: 'jwks_uri', ...keySourceRequest(body) })
  const rule = ruleRequest(body)
  return rule.ok ? accept({ kind: 'trust', ...rule.value }) : rule
}
