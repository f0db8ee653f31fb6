// /admin/v1/setup shows whether there is an owner, and lets an operator choose a password with a link.
// /admin/v1/setup-links makes the link for the first owner.
import { Secret } from '@latchkey/protocol'
import { Type } from 'typebox'
import type { Logger } from '../../../log.ts'
import { isActiveOwner } from '../../../domain/operator.ts'
import { createSetUpLink } from '../../../operations/create-set-up-link.ts'
import type { SignInPorts } from '../../../operations/sign-in.ts'
import { findSetUpLink, useSetUpLink } from '../../../operations/use-set-up-link.ts'
import type { Random } from '../../../ports/random.ts'
import { actorOf, sourceOf } from '../access/actor.ts'
import { CSRF_REFUSED, isFromOwnPage } from '../access/own-page.ts'
import { sessionCookie, setSessionCookie } from '../access/session-cookie.ts'
import type { AdminServer } from '../admin-server.ts'
import { closed, NoBody } from '../conventions/bodies.ts'
import { Time, timeView } from '../conventions/times.ts'
import type { AdminListenerAddress } from '../listener-address.ts'
import { sendProblem } from '../problems/problem.ts'
import { operatorProblem } from './operator-problems.ts'
import { LinkView, linkView } from './operator-view.ts'
import { signedIn, SignedInView } from './session-schemas.ts'

export interface SetUpLinkRoutesPorts extends SignInPorts {
  readonly random: Random
  readonly listener: AdminListenerAddress
  readonly logger: Logger
  /** The origin under which browsers reach this listener. */
  readonly adminOrigin: () => string
  /**
   * The command with which an operator calls this server on its machine. It does not name the data folder if programs
   * on other machines can reach the listener, because they must not learn the path of that folder.
   */
  readonly commandLine: string
}

const SETUP = '/admin/v1/setup'
export const SetUpView = Type.Object({
  has_owner: Type.Boolean(),
  command: Type.String({
    description:
      'The command with which an operator calls this server on its machine. It names the data folder only if the admin listener is on loopback',
  }),
})
const Code = Type.String({ maxLength: 128, description: 'The part of the link after the #' })
export const LinkCheckBody = Type.Object({ code: Code }, closed)
export const LinkFactsView = Type.Object({
  kind: Type.Enum(['first_owner', 'invitation', 'reset']),
  email: Type.Union([Type.String(), Type.Null()]),
  expires_at: Time,
})
export const SetUpBody = Type.Object(
  {
    code: Code,
    email: Type.Optional(
      Type.String({
        maxLength: 320,
        description: 'Only for the first owner, who chooses an e-mail. Every other account has an e-mail already',
      }),
    ),
    password: Type.String({ maxLength: 1024 }),
  },
  closed,
)
const tags = ['Sessions']

export function addSetUpLinkRoutes(app: AdminServer, ports: SetUpLinkRoutesPorts): void {
  const { listener, logger } = ports
  app.get(
    SETUP,
    {
      schema: {
        summary: 'Shows whether there is an owner, and with which command an operator calls this server',
        tags,
        response: { 200: SetUpView },
      },
    },
    async (_request, reply) =>
      reply.send({
        has_owner: ports.operators.all().some(isActiveOwner),
        command: ports.commandLine,
      }),
  )

  app.post(
    `${SETUP}/check`,
    {
      schema: {
        summary: 'Shows what a link is for, without using it up',
        tags,
        body: LinkCheckBody,
        response: {
          200: LinkFactsView,
        },
        problems: ['csrf_refused', 'set_up_code_unusable'],
      },
    },
    async (request, reply) => {
      if (!isFromOwnPage(listener, request)) return sendProblem(reply, CSRF_REFUSED)
      const found = findSetUpLink(ports, new Secret(request.body.code))
      if (!found.ok) return sendProblem(reply, operatorProblem(found.refusal))
      const { operator, expiresAt } = found.value
      const kind = operator === undefined ? 'first_owner' : operator.passwordHash === undefined ? 'invitation' : 'reset'
      return reply.send({ kind, email: operator?.email ?? null, expires_at: timeView(expiresAt) })
    },
  )

  app.post(
    SETUP,
    {
      schema: {
        summary: 'Chooses a password with a link, and signs the operator in. The link ends',
        tags,
        body: SetUpBody,
        response: { 201: SignedInView },
        problems: ['csrf_refused', 'set_up_code_unusable', 'sign_in_busy', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      if (!isFromOwnPage(listener, request)) return sendProblem(reply, CSRF_REFUSED)
      const { code, email, password } = request.body
      const done = await useSetUpLink(ports, {
        ...{ code: new Secret(code), email, password: new Secret(password) },
        ...{ from: sourceOf(request), replaced: sessionCookie(listener, request) },
      })
      if (done.ok) return setSessionCookie(listener, reply.code(201), done.value.text).send(signedIn(done.value))
      const { reason } = done.refusal
      const noted = { event: 'auth.denied', request_id: request.id, reason, 'client.address': request.clientAddress }
      logger.warn(noted, 'set-up refused')
      if (reason === 'passwords_busy') void reply.header('retry-after', '1')
      return sendProblem(reply, operatorProblem(done.refusal))
    },
  )

  app.post(
    '/admin/v1/setup-links',
    {
      schema: {
        summary: 'Makes a new link for the first owner. The previous link ends',
        tags,
        body: NoBody,
        response: { 201: LinkView },
        problems: ['owner_exists'],
      },
    },
    async (request, reply) => {
      const made = await createSetUpLink(ports, actorOf(request))
      if (!made.ok) return sendProblem(reply, operatorProblem(made.refusal))
      return reply.code(201).send(linkView(ports.adminOrigin(), made.value))
    },
  )
}
