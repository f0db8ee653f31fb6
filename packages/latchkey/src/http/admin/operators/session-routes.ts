// The routes that sign an operator in and out, show the caller, and list and end the sessions of an operator.
import { Secret } from '@latchkey/protocol'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { IDLE_SECONDS, sessionEndsAt } from '../../../domain/session.ts'
import type { Logger } from '../../../log.ts'
import { endAllSessions, endSession } from '../../../operations/end-sessions.ts'
import { recordFailedSignIn } from '../../../operations/record-failed-sign-in.ts'
import { signIn, type SignInPorts, type SignInRefusal } from '../../../operations/sign-in.ts'
import type { AuditTrail } from '../../../ports/audit-trail.ts'
import { actorOf, sourceOf } from '../access/actor.ts'
import { admittedAs } from '../access/admitted.ts'
import { CSRF_REFUSED, isFromOwnPage } from '../access/own-page.ts'
import { clearSessionCookie, sessionCookie, setSessionCookie } from '../access/session-cookie.ts'
import type { AdminServer } from '../admin-server.ts'
import { NoBody } from '../conventions/bodies.ts'
import { listOf } from '../conventions/paging.ts'
import { timeView } from '../conventions/times.ts'
import type { AdminListenerAddress } from '../listener-address.ts'
import { invalidRequest, notFound, type Problem, sendProblem } from '../problems/problem.ts'
import { SIGN_IN_BUSY, unknownOperator } from './operator-problems.ts'
import { operatorView } from './operator-view.ts'
import {
  Credentials,
  OfOperator,
  OfSession,
  SessionView,
  sessionView,
  signedIn,
  SignedInView,
  WhoView,
} from './session-schemas.ts'

export interface SessionRoutesPorts extends SignInPorts {
  readonly auditTrail: AuditTrail
  readonly listener: AdminListenerAddress
  readonly logger: Logger
}

const SESSION = '/admin/v1/session'
const SESSIONS_OF = '/admin/v1/operators/:id/sessions'
const tags = ['Sessions']

const ended = { 204: Type.Null({ description: 'The operator is signed out' }) }

export function addSessionRoutes(app: AdminServer, ports: SessionRoutesPorts): void {
  const { listener, logger } = ports
  app.post(
    SESSION,
    {
      schema: {
        summary: 'Signs an operator in. The answer sets the session cookie',
        tags,
        body: Credentials,
        response: { 200: SignedInView },
        problems: ['sign_in_failed', 'csrf_refused', 'too_many_requests', 'sign_in_busy', 'store_unavailable'],
      },
    },
    async (request, reply) => {
      if (!isFromOwnPage(listener, request)) return sendProblem(reply, CSRF_REFUSED)
      const { email, password } = request.body
      const replaced = sessionCookie(listener, request)
      const from = sourceOf(request)
      const outcome = await signIn(ports, { email, password: new Secret(password), from, replaced })
      if (outcome.ok) return setSessionCookie(listener, reply, outcome.value.text).send(signedIn(outcome.value))
      const { reason } = outcome.refusal
      const noted = { event: 'auth.denied', request_id: request.id, reason, 'client.address': request.clientAddress }
      logger.warn(noted, 'sign-in refused')
      refuseSignIn(reply, outcome.refusal)
      recordFailedSignIn(ports, outcome.refusal).catch((err: unknown) => {
        logger.error({ event: 'request.failed', request_id: request.id, err }, 'a failed sign-in could not be recorded')
      })
      return reply
    },
  )

  app.get(
    SESSION,
    { schema: { summary: 'Shows who the caller is', tags, response: { 200: WhoView } } },
    async (request, reply) => {
      const who = admittedAs(request)
      const idle = { idle_timeout_seconds: IDLE_SECONDS }
      if (who.kind === 'operator') {
        const expiry = timeView(sessionEndsAt(who.session))
        return reply.send({ operator: operatorView(who.operator), expires_at: expiry, ...idle })
      }
      const { id, name, role } = who.key
      return reply.send({ admin_key: { id, name, role }, ...idle })
    },
  )

  app.delete(
    SESSION,
    { schema: { summary: 'Signs out', tags, body: NoBody, response: ended } },
    async (request, reply) => {
      const who = admittedAs(request)
      if (who.kind !== 'operator') return sendProblem(reply, NO_SESSION)
      await endSession(ports, actorOf(request), { operatorId: who.operator.id, sessionId: who.session.id })
      return clearSessionCookie(listener, reply).code(204).send(null)
    },
  )

  app.delete(
    '/admin/v1/sessions',
    { schema: { summary: 'Ends all sessions of the operator', tags, body: NoBody, response: ended } },
    async (request, reply) => {
      const who = admittedAs(request)
      if (who.kind !== 'operator') return sendProblem(reply, NO_SESSION)
      await endAllSessions(ports, actorOf(request), who.operator)
      return clearSessionCookie(listener, reply).code(204).send(null)
    },
  )

  app.get(
    SESSIONS_OF,
    {
      schema: {
        summary: 'Lists the sessions of an operator. Operators may list their own sessions',
        tags,
        params: OfOperator,
        response: { 200: listOf(SessionView) },
        problems: ['unknown_operator'],
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (ports.operators.find(id) === undefined) return sendProblem(reply, unknownOperator())
      const who = admittedAs(request)
      const current = who.kind === 'operator' ? who.session.id : undefined
      return reply.send({ items: ports.sessions.of(id).map((each) => sessionView(each, each.id === current)) })
    },
  )

  app.delete(
    `${SESSIONS_OF}/:session`,
    {
      schema: {
        summary: 'Ends a session of an operator. Operators may end their own sessions',
        tags,
        params: OfSession,
        body: NoBody,
        response: ended,
        problems: ['unknown_operator', 'unknown_session'],
      },
    },
    async (request, reply) => {
      const { id, session } = request.params
      const done = await endSession(ports, actorOf(request), { operatorId: id, sessionId: session })
      if (done.ok) return reply.code(204).send(null)
      return sendProblem(reply, done.refusal.reason === 'unknown_session' ? UNKNOWN_SESSION : unknownOperator())
    },
  )
}

function refuseSignIn(reply: FastifyReply, refusal: SignInRefusal): FastifyReply {
  switch (refusal.reason) {
    case 'sign_in_failed':
      return sendProblem(reply.header('www-authenticate', 'Bearer realm="latchkey-admin"'), SIGN_IN_FAILED)
    case 'too_many_failures':
      return sendProblem(reply.header('retry-after', String(refusal.retryAfterSeconds)), {
        code: 'too_many_requests',
        detail: `Too many sign-ins from this network failed. Try again in ${String(refusal.retryAfterSeconds)} seconds, or from another network.`,
      })
    case 'passwords_busy':
      return sendProblem(reply.header('retry-after', '1'), SIGN_IN_BUSY)
  }
}

const SIGN_IN_FAILED: Problem = {
  code: 'sign_in_failed',
  detail:
    'The e-mail and the password do not belong to an operator who may sign in. An owner can make a link for a new password.',
}

const UNKNOWN_SESSION = notFound(
  'unknown_session',
  'The operator has no session with this id. The session may have ended.',
)

const NO_SESSION = invalidRequest('An admin key has no session to end. Revoke the key to end its access.')
