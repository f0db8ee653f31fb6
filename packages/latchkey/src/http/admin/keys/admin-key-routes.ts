// /admin/v1/admin-keys: lists, creates and revokes admin keys. Only owners may use these routes.
import { Type } from 'typebox'
import type { LastOwnerKey, UnknownAdminKey } from '../../../domain/admin-key-change.ts'
import {
  createAdminKey,
  type CreateAdminKeyPorts,
  type CreateAdminKeyRefusal,
} from '../../../operations/create-admin-key.ts'
import { listAdminKeys, type ListedAdminKey } from '../../../operations/list-admin-keys.ts'
import { revokeAdminKey } from '../../../operations/revoke-admin-key.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed, NoBody } from '../conventions/bodies.ts'
import { LastUseView, lastUseView } from '../conventions/last-use.ts'
import { listOf } from '../conventions/paging.ts'
import { NAME_RULE } from '../conventions/text-rules.ts'
import { readTime, Time, TimeOrNull, timeOrNull, timeView } from '../conventions/times.ts'
import { Role } from '../operators/operator-view.ts'
import { notFound, type Problem, sendProblem, unusableMember } from '../problems/problem.ts'

const COLLECTION = '/admin/v1/admin-keys'

const IdParameter = Type.Object({ id: Type.String({ maxLength: 64, description: 'The id (adk_…)' }) })

export const NewAdminKeyBody = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 120 }), role: Role, expires_at: Type.Optional(Time) },
  closed,
)

export const AdminKeyView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Role,
  loopback_only: Type.Boolean({ description: 'Whether the key is accepted only on the machine of the server' }),
  created_at: Time,
  expires_at: TimeOrNull,
  last_used: LastUseView,
  status: Type.Enum(['active', 'expired', 'revoked']),
})
export const CreatedAdminKeyView = Type.Object({
  ...AdminKeyView.properties,
  admin_key: Type.String({ description: 'The key. It is shown only once' }),
})

const adminKeyView = (key: ListedAdminKey): Type.Static<typeof AdminKeyView> => ({
  id: key.id,
  name: key.name,
  role: key.role,
  loopback_only: key.loopbackOnly,
  created_at: timeView(key.createdAt),
  expires_at: timeOrNull(key.expiresAt),
  last_used: lastUseView(key.lastUse),
  status: key.status,
})

const tags = ['Admin keys']

export function addAdminKeyRoutes(app: AdminServer, ports: CreateAdminKeyPorts): void {
  app.get(
    COLLECTION,
    {
      schema: {
        summary: 'Lists the admin keys without their text',
        tags,
        response: { 200: listOf(AdminKeyView) },
      },
    },
    async (_request, reply) => reply.send({ items: (await listAdminKeys(ports)).map(adminKeyView) }),
  )

  app.post(
    COLLECTION,
    {
      schema: {
        summary: 'Creates an admin key and shows it once',
        tags,
        body: NewAdminKeyBody,
        response: { 201: CreatedAdminKeyView },
        problems: ['limit_reached'],
      },
    },
    async (request, reply) => {
      const { name, role, expires_at: expiry } = request.body
      const expiresAt = expiry === undefined ? undefined : readTime(expiry)
      if (expiry !== undefined && expiresAt === undefined) return sendProblem(reply, EXPIRY_UNUSABLE)
      const created = await createAdminKey(ports, actorOf(request), { name, role, expiresAt })
      if (!created.ok) return sendProblem(reply, adminKeyProblem(created.refusal))
      const { adminKey, text } = created.value
      return reply.code(201).send({ ...adminKeyView(adminKey), admin_key: text.reveal() })
    },
  )

  app.delete(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Revokes an admin key. The server refuses the next request with the key',
        tags,
        params: IdParameter,
        body: NoBody,
        response: { 204: Type.Null({ description: 'Revoked' }) },
        problems: ['unknown_admin_key', 'last_owner_key'],
      },
    },
    async (request, reply) => {
      const revoked = await revokeAdminKey(ports, actorOf(request), request.params.id)
      return revoked.ok ? reply.code(204).send(null) : sendProblem(reply, adminKeyProblem(revoked.refusal))
    },
  )
}

const EXPIRY_UNUSABLE = unusableMember('/expires_at', 'must be an RFC 3339 time in the future, at most ten years ahead')

function adminKeyProblem(refusal: CreateAdminKeyRefusal | UnknownAdminKey | LastOwnerKey): Problem {
  switch (refusal.reason) {
    case 'name_unusable':
      return unusableMember('/name', NAME_RULE)
    case 'expiry_unusable':
      return EXPIRY_UNUSABLE
    case 'limit_reached':
      return { code: 'limit_reached', detail: `The limit is ${String(refusal.most)} active keys. Revoke some first.` }
    case 'unknown_admin_key':
      return notFound('unknown_admin_key', 'No admin key has this id. Ids begin with adk_; the list shows them.')
    case 'last_owner_key':
      return {
        code: 'last_owner_key',
        detail: 'This is the last active key of an owner. Create another key with the role owner first.',
      }
  }
}
