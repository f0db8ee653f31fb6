// /admin/v1/operators: lists, shows, invites, changes, removes and resets operators. Only owners may use these routes.
import { Type } from 'typebox'
import { changeOperator } from '../../../operations/change-operator.ts'
import type { LinkPorts } from '../../../operations/create-set-up-link.ts'
import { inviteOperator } from '../../../operations/invite-operator.ts'
import { removeOperator } from '../../../operations/remove-operator.ts'
import { resetOperator } from '../../../operations/reset-operator.ts'
import type { Random } from '../../../ports/random.ts'
import { actorOf } from '../access/actor.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed, NoBody } from '../conventions/bodies.ts'
import { listOf } from '../conventions/paging.ts'
import { optionalVersion, etagOf, requiredVersion } from '../conventions/preconditions.ts'
import { sendProblem } from '../problems/problem.ts'
import { operatorProblem, unknownOperator } from './operator-problems.ts'
import { LinkView, linkView, OperatorView, operatorView, Role } from './operator-view.ts'

export interface OperatorRoutesPorts extends LinkPorts {
  readonly random: Random
  /** The origin under which browsers reach this listener. */
  readonly adminOrigin: () => string
}

const COLLECTION = '/admin/v1/operators'
const IdParameter = Type.Object({ id: Type.String({ maxLength: 64, description: 'The id (opr_…)' }) })
export const NewOperatorBody = Type.Object({ email: Type.String({ maxLength: 320 }), role: Role }, closed)
export const OperatorPatch = Type.Object(
  {
    role: Type.Optional(Role),
    status: Type.Optional(
      Type.Enum(['active', 'disabled'], {
        description: 'An invited operator has this status until they have chosen a password',
      }),
    ),
  },
  { ...closed, minProperties: 1 },
)
export const WithLinkView = Type.Object({ ...OperatorView.properties, ...LinkView.properties })
const tags = ['Operators']

export function addOperatorRoutes(app: AdminServer, ports: OperatorRoutesPorts): void {
  const { operators, adminOrigin } = ports
  app.get(
    COLLECTION,
    {
      schema: {
        summary: 'Lists the operators',
        tags,
        response: { 200: listOf(OperatorView) },
      },
    },
    async (_request, reply) => reply.send({ items: operators.all().map(operatorView) }),
  )

  app.get(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Shows an operator',
        tags,
        params: IdParameter,
        response: { 200: OperatorView },
        problems: ['unknown_operator'],
      },
    },
    async (request, reply) => {
      const operator = operators.find(request.params.id)
      if (operator === undefined) return sendProblem(reply, unknownOperator())
      return reply.header('etag', etagOf(operator.version)).send(operatorView(operator))
    },
  )

  app.post(
    COLLECTION,
    {
      schema: {
        summary: 'Invites an operator. The answer shows the link for choosing a password, once',
        tags,
        body: NewOperatorBody,
        response: { 201: WithLinkView },
        problems: ['operator_exists', 'limit_reached'],
      },
    },
    async (request, reply) => {
      const { email, role } = request.body
      const invited = await inviteOperator(ports, actorOf(request), { email, role })
      if (!invited.ok) return sendProblem(reply, operatorProblem(invited.refusal))
      const { operator } = invited.value
      void reply.code(201).header('etag', etagOf(operator.version))
      return reply.send({ ...operatorView(operator), ...linkView(adminOrigin(), invited.value) })
    },
  )

  app.patch(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Changes the role of an operator, or disables or enables the operator',
        tags,
        params: IdParameter,
        body: OperatorPatch,
        response: { 200: OperatorView },
        problems: ['unknown_operator', 'last_owner', 'stale_version', 'if_match_needed'],
      },
    },
    async (request, reply) => {
      const version = requiredVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const { role, status } = request.body
      const change = { ...(role && { role }), ...(status && { disabled: status === 'disabled' }) }
      const requested = { id: request.params.id, version: version.value, change }
      const changed = await changeOperator(ports, actorOf(request), requested)
      if (!changed.ok) return sendProblem(reply, operatorProblem(changed.refusal))
      return reply.header('etag', etagOf(changed.value.version)).send(operatorView(changed.value))
    },
  )

  app.delete(
    `${COLLECTION}/:id`,
    {
      schema: {
        summary: 'Removes an operator and ends their sessions',
        tags,
        params: IdParameter,
        body: NoBody,
        response: { 204: Type.Null({ description: 'Removed' }) },
        problems: ['unknown_operator', 'last_owner', 'stale_version'],
      },
    },
    async (request, reply) => {
      const version = optionalVersion(request)
      if (!version.ok) return sendProblem(reply, version.refusal)
      const requested = { id: request.params.id, version: version.value }
      const removed = await removeOperator(ports, actorOf(request), requested)
      return removed.ok ? reply.code(204).send(null) : sendProblem(reply, operatorProblem(removed.refusal))
    },
  )

  app.post(
    `${COLLECTION}/:id/reset`,
    {
      schema: {
        summary: 'Makes a link for a new password and shows it once. The previous link ends',
        tags,
        params: IdParameter,
        body: NoBody,
        response: { 201: WithLinkView },
        problems: ['unknown_operator', 'operator_disabled'],
      },
    },
    async (request, reply) => {
      const made = await resetOperator(ports, actorOf(request), request.params.id)
      if (!made.ok) return sendProblem(reply, operatorProblem(made.refusal))
      return reply.code(201).send({ ...operatorView(made.value.operator), ...linkView(adminOrigin(), made.value) })
    },
  )
}
