// /admin/v1/integrations/{id}/secrets: list, rotate with overlap, end, look up.
import { Type } from 'typebox'
import type { Retirement } from '../../../domain/safe-to-retire.ts'
import { endSecret } from '../../../operations/end-secret.ts'
import { type ListedSecret, listSecrets } from '../../../operations/list-secrets.ts'
import { revealSecret, type RevealSecretPorts } from '../../../operations/reveal-secret.ts'
import { rotateSecret, type RotateSecretPorts } from '../../../operations/rotate-secret.ts'
import { ActorLimit } from './actor-limit.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { claimOf, markReplay } from '../conventions/idempotency.ts'
import { integrationProblem, type IntegrationRefusal, secretEndProblem } from '../integrations/integration-problems.ts'
import {
  COLLECTION,
  IdParameter,
  ImportedSecret,
  LastUseView,
  lastUseView,
  NoBody,
} from '../integrations/integration-schemas.ts'
import { askedVersion } from '../conventions/preconditions.ts'
import { type Problem, sendProblem } from '../problems/problem.ts'
import { readTime, Time, timeOrNull, TimeOrNull, timeView } from '../conventions/times.ts'

export type SecretRoutesPorts = RotateSecretPorts & RevealSecretPorts

const DEFAULT_OVERLAP_SECONDS = 86_400
const LONGEST_OVERLAP_SECONDS = 30 * 86_400
/** Looks a minute that one admin key may take: people look one up; whoever empties a store is slowed and noticed. */
const REVEALS = { most: 10, seconds: 60 }

const SecretView = Type.Object({
  id: Type.String(),
  status: Type.Enum(['active', 'ending', 'ended']),
  origin: Type.Enum(['generated', 'imported']),
  created_at: Time,
  ends_at: TimeOrNull,
  revealable: Type.Boolean(),
  last_used: LastUseView,
  safe_to_retire: Type.Object({ verdict: Type.Enum(['yes', 'no', 'unknown']), why: Type.String() }),
})

const RotationBody = Type.Union([
  Type.Null(),
  Type.Object(
    {
      overlap_seconds: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: LONGEST_OVERLAP_SECONDS,
          description: `For how long the secrets before it still work; ${String(DEFAULT_OVERLAP_SECONDS)} when left out`,
        }),
      ),
      expires_at: Type.Optional(Time),
      revoke_tokens: Type.Optional(Type.Boolean({ description: 'Also end the live tokens; they stay otherwise' })),
      imported_secret: Type.Optional(ImportedSecret),
    },
    { additionalProperties: false },
  ),
])

const RotatedView = Type.Object({ ...SecretView.properties, client_secret: Type.Optional(Type.String()) })
const SecretParameters = Type.Object({ ...IdParameter.properties, secret: Type.String({ maxLength: 64 }) })

const tags = ['Secrets']

export function addSecretRoutes(app: AdminServer, ports: SecretRoutesPorts): void {
  const reveals = new ActorLimit(ports.clock, REVEALS)

  app.get(
    `${COLLECTION}/:id/secrets`,
    {
      schema: {
        summary: 'Lists the secrets of an integration, with their last use; never their texts',
        tags,
        params: IdParameter,
        response: { 200: Type.Object({ items: Type.Array(SecretView) }) },
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
    `${COLLECTION}/:id/rotate-secret`,
    {
      schema: {
        summary: 'Adds a secret and shows it; those before it end after the overlap',
        tags,
        params: IdParameter,
        body: RotationBody,
        response: { 201: RotatedView, 200: RotatedView },
        problems: ['unknown_integration', 'two_secrets_valid', 'stale_version', 'idempotency_key_reused'],
      },
    },
    async (request, reply) => {
      const { overlap_seconds, expires_at, revoke_tokens, imported_secret } = request.body ?? {}
      const version = askedVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const claim = claimOf(request)
      if (!claim.ok) return sendProblem(reply, claim.refusal)
      const endsAt = expires_at === undefined ? undefined : readTime(expires_at)
      if (expires_at !== undefined && endsAt === undefined) {
        return sendProblem(reply, rotationProblem({ reason: 'secret_end_unusable' }))
      }
      const which = { id: request.params.id, version: version.value }
      const rotation = {
        overlapSeconds: overlap_seconds ?? DEFAULT_OVERLAP_SECONDS,
        endsAt,
        importedSecret: imported_secret,
        liveTokens: revoke_tokens === true ? ('revoke' as const) : ('keep' as const),
      }
      const rotated = await rotateSecret(ports, actorOf(request), which, rotation, claim.value)
      if (!rotated.ok) return sendProblem(reply, rotationProblem(rotated.refusal))
      const { secret, text, isReplay } = rotated.value
      const view = { ...secretView(secret), ...(text !== undefined && { client_secret: text.reveal() }) }
      return isReplay ? markReplay(reply).code(200).send(view) : reply.code(201).send(view)
    },
  )

  app.post(
    `${COLLECTION}/:id/secrets/:secret/end`,
    {
      schema: {
        summary: 'Ends a secret now',
        tags,
        params: SecretParameters,
        body: NoBody,
        response: { 200: SecretView },
        problems: ['unknown_integration', 'unknown_secret', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = askedVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const which = { id: request.params.id, version: version.value }
      const ended = await endSecret(ports, actorOf(request), which, request.params.secret)
      return ended.ok ? reply.send(secretView(ended.value)) : sendProblem(reply, integrationProblem(ended.refusal))
    },
  )

  app.post(
    `${COLLECTION}/:id/secrets/:secret/reveal`,
    {
      schema: {
        summary: 'Shows a secret again; that it was looked at is on record',
        tags,
        params: SecretParameters,
        body: NoBody,
        response: { 200: Type.Object({ client_secret: Type.String() }) },
        problems: ['unknown_integration', 'unknown_secret', 'secret_not_kept', 'too_many_requests'],
      },
    },
    async (request, reply) => {
      const actor = actorOf(request)
      const wait = reveals.take(actor.id)
      if (wait > 0) {
        void reply.header('retry-after', String(wait))
        const detail = `A key may look up ${String(REVEALS.most)} secrets a minute. Ask again in ${String(wait)} seconds.`
        return sendProblem(reply, { code: 'too_many_requests', detail })
      }
      const { id, secret } = request.params
      const revealed = await revealSecret(ports, actor, id, secret)
      return revealed.ok
        ? reply.send({ client_secret: revealed.value.reveal() })
        : sendProblem(reply, integrationProblem(revealed.refusal))
    },
  )
}

const rotationProblem = (refusal: IntegrationRefusal): Problem =>
  refusal.reason === 'secret_end_unusable' ? secretEndProblem('/expires_at') : integrationProblem(refusal)

function secretView(secret: ListedSecret): Type.Static<typeof SecretView> {
  const { id, status, origin, createdAt, endsAt, isSealed, lastUse, retirement } = secret
  return {
    id,
    status,
    origin,
    created_at: timeView(createdAt),
    ends_at: timeOrNull(endsAt),
    revealable: isSealed,
    last_used: lastUseView(lastUse),
    safe_to_retire: RETIREMENTS[retirement],
  }
}

const RETIREMENTS = {
  ended_already: { verdict: 'yes', why: 'It has ended: it authenticates nothing any more.' },
  replaced: { verdict: 'yes', why: 'It was not used for a day, and another secret was.' },
  only_secret: { verdict: 'no', why: 'It is the only secret that works. Rotate first.' },
  recently_used: { verdict: 'no', why: 'It was used within the last day. See last_used for where.' },
  recently_made: {
    verdict: 'unknown',
    why: 'It was made within the last day and not used yet: the program may still be waiting for it.',
  },
  nothing_used_since: {
    verdict: 'unknown',
    why: 'It was not used for a day, but no other secret was used since either: the program may not have run.',
  },
} as const satisfies Record<Retirement, { readonly verdict: 'yes' | 'no' | 'unknown'; readonly why: string }>
