// /admin/v1/integrations/{id}/secrets: lists, rotates, ends and reveals secrets.
import { endSecret } from '../../../operations/end-secret.ts'
import { listSecrets } from '../../../operations/list-secrets.ts'
import { revealSecret, type RevealSecretPorts } from '../../../operations/reveal-secret.ts'
import { rotateSecret, type RotateSecretPorts } from '../../../operations/rotate-secret.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { NoBody } from '../conventions/bodies.ts'
import { idempotencyKeyOf, markReplay } from '../conventions/idempotency.ts'
import { listOf } from '../conventions/paging.ts'
import { optionalVersion } from '../conventions/preconditions.ts'
import { readTime } from '../conventions/times.ts'
import { integrationProblem, type IntegrationRefusal, secretEndProblem } from '../integrations/integration-problems.ts'
import { INTEGRATIONS, IntegrationParameters } from '../integrations/integration-schemas.ts'
import { type Problem, sendProblem } from '../problems/problem.ts'
import { ActorLimit } from './actor-limit.ts'
import {
  DEFAULT_OVERLAP_SECONDS,
  RevealedView,
  RotatedView,
  RotationBody,
  SecretParameters,
  SecretView,
  secretView,
} from './secret-schemas.ts'

export type SecretRoutesPorts = RotateSecretPorts & RevealSecretPorts

/** The limit for one caller. It hardly affects an operator, and slows down a program that reads all secrets. */
const REVEALS = { most: 10, seconds: 60 }

const tags = ['Secrets']

export function addSecretRoutes(app: AdminServer, ports: SecretRoutesPorts): void {
  const reveals = new ActorLimit(ports.clock, REVEALS)

  app.get(
    `${INTEGRATIONS}/:id/secrets`,
    {
      schema: {
        summary: 'Lists the secrets of an integration and their last use, without their texts',
        tags,
        params: IntegrationParameters,
        response: { 200: listOf(SecretView) },
        problems: ['unknown_integration'],
      },
    },
    async (request, reply) => {
      const listed = await listSecrets(ports, request.params.id)
      if (!listed.ok) return sendProblem(reply, integrationProblem(listed.refusal))
      return reply.send({ items: listed.value.map(secretView) })
    },
  )

  app.post(
    `${INTEGRATIONS}/:id/rotate-secret`,
    {
      schema: {
        summary: 'Adds a secret and shows it. The earlier secrets end after the overlap',
        tags,
        params: IntegrationParameters,
        body: RotationBody,
        response: { 201: RotatedView, 200: RotatedView },
        problems: [
          'unknown_integration',
          'unknown_secret',
          'two_secrets_valid',
          'stale_version',
          'idempotency_key_reused',
        ],
      },
    },
    async (request, reply) => {
      const { overlap_seconds, expires_at, revoke_tokens, imported_secret, end_secret } = request.body ?? {}
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const idempotencyKey = idempotencyKeyOf(request)
      if (!idempotencyKey.ok) return sendProblem(reply, idempotencyKey.refusal)
      const endsAt = expires_at === undefined ? undefined : readTime(expires_at)
      if (expires_at !== undefined && endsAt === undefined) {
        return sendProblem(reply, rotationProblem({ reason: 'secret_end_unusable' }))
      }
      const rotation = {
        id: request.params.id,
        version: version.value,
        idempotencyKey: idempotencyKey.value,
        overlapSeconds: overlap_seconds ?? DEFAULT_OVERLAP_SECONDS,
        endsAt,
        importedSecret: imported_secret,
        endedSecretId: end_secret,
        liveTokens: revoke_tokens === true ? ('revoke' as const) : ('keep' as const),
      }
      const rotated = await rotateSecret(ports, actorOf(request), rotation)
      if (!rotated.ok) return sendProblem(reply, rotationProblem(rotated.refusal))
      const { secret, text, isReplay } = rotated.value
      const view = { ...secretView(secret), ...(text !== undefined && { client_secret: text.reveal() }) }
      return isReplay ? markReplay(reply).code(200).send(view) : reply.code(201).send(view)
    },
  )

  app.post(
    `${INTEGRATIONS}/:id/secrets/:secret/end`,
    {
      schema: {
        summary: 'Ends a secret at once',
        tags,
        params: SecretParameters,
        body: NoBody,
        response: { 200: SecretView },
        problems: ['unknown_integration', 'unknown_secret', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const which = { id: request.params.id, version: version.value, secretId: request.params.secret }
      const ended = await endSecret(ports, actorOf(request), which)
      return ended.ok ? reply.send(secretView(ended.value)) : sendProblem(reply, integrationProblem(ended.refusal))
    },
  )

  app.post(
    `${INTEGRATIONS}/:id/secrets/:secret/reveal`,
    {
      schema: {
        summary: 'Shows a secret again. The audit trail records this',
        tags,
        params: SecretParameters,
        body: NoBody,
        response: { 200: RevealedView },
        problems: ['unknown_integration', 'unknown_secret', 'secret_not_kept', 'too_many_requests'],
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const wait = reveals.take(actor.id)
      if (wait > 0) {
        void reply.header('retry-after', String(wait))
        const detail = `An operator may reveal ${String(REVEALS.most)} secrets a minute. Try again in ${String(wait)} seconds.`
        return sendProblem(reply, { code: 'too_many_requests', detail })
      }
      const { id, secret } = request.params
      const revealed = await revealSecret(ports, actor, { id, secretId: secret })
      return revealed.ok
        ? reply.send({ client_secret: revealed.value.reveal() })
        : sendProblem(reply, integrationProblem(revealed.refusal))
    },
  )
}

const rotationProblem = (refusal: IntegrationRefusal): Problem =>
  refusal.reason === 'secret_end_unusable' ? secretEndProblem('/expires_at') : integrationProblem(refusal)
