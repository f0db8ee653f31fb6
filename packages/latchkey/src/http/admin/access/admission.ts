// Decides whether a request may use a route. The decision depends on its admin key or session, and on the rule of the
// route.
import { bearerChallenge, readBearer, Secret } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayAct } from '../../../domain/admin-role.ts'
import { printableText } from '../../../domain/printable-text.ts'
import type { Logger } from '../../../log.ts'
import { authenticateAdmin, type PresentedAdminKey } from '../../../operations/authenticate-admin.ts'
import type { AdminKeys } from '../../../ports/admin-keys.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { SecretVault } from '../../../ports/secret-vault.ts'
import { invalidRequest, type Problem, sendProblem } from '../problems/problem.ts'
import { type Admitted, roleOf } from './admitted.ts'
import type { RouteRule } from './route-rules.ts'
import { admitSession, SESSION_ENDED, type SessionAdmissionPorts } from './session-admission.ts'
import { clearSessionCookie, sessionCookie } from './session-cookie.ts'

const REALM = 'latchkey-admin'
export const INVALID_KEY_CHALLENGE = bearerChallenge({ realm: REALM, error: 'invalid_token' })

export interface AdmissionPorts extends SessionAdmissionPorts {
  readonly adminKeys: AdminKeys
  readonly vault: SecretVault
  readonly clock: Clock
  readonly logger: Logger
}

/** Returns the caller, or `anyone` on an open route. If the request is denied, sends the answer and returns undefined. */
export function admit(
  ports: AdmissionPorts,
  rule: RouteRule,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Admitted | 'anyone' | undefined {
  if (rule.allows === 'anyone') return 'anyone'
  const deny = (reason: string, problem: Problem, challenge?: string): undefined => {
    const client = { 'client.address': request.clientAddress, 'http.route': rule.url }
    ports.logger.warn({ event: 'auth.denied', request_id: request.id, reason, ...client }, 'admin request denied')
    if (challenge !== undefined) void reply.header('www-authenticate', challenge)
    sendProblem(reply, problem)
  }
  const ifPermitted = (admitted: Admitted): Admitted | undefined =>
    permitted(rule, request.params, admitted) ? admitted : deny('role_too_low', roleTooLow(admitted, rule))
  if (countOf('authorization', request.raw.rawHeaders) > 1) {
    return deny('several_authorization_headers', invalidRequest('Send one Authorization header.'))
  }
  const cookie = sessionCookie(ports.listener, request)
  if (cookie !== undefined) {
    const session = admitSession(ports, request, cookie)
    if ('admitted' in session) return ifPermitted(session.admitted)
    if (!session.isOver) return deny(session.reason, session.problem)
    clearSessionCookie(ports.listener, reply)
    return deny(session.reason, session.problem, bearerChallenge({ realm: REALM }))
  }
  const bearer = readBearer(request.headers.authorization)
  if (!bearer.ok) return deny(`admin_key_${bearer.refusal}`, unauthorized(), bearerChallenge({ realm: REALM }))
  const found = authenticateAdmin(ports, presented(bearer.value, request))
  if (!found.ok) return deny(found.refusal.reason, unauthorized(), INVALID_KEY_CHALLENGE)
  return ifPermitted({ kind: 'admin_key', key: found.value })
}

/**
 * Returns true if the role is high enough for the route. Also returns true if the rule lets operators use the route on
 * themselves and this operator does so.
 */
export function permitted(rule: RouteRule, params: unknown, admitted: Admitted): boolean {
  if (rule.allows === 'anyone' || mayAct(roleOf(admitted), rule.allows)) return true
  const { id } = params as { readonly id?: string }
  return rule.orSelf === true && admitted.kind === 'operator' && admitted.operator.id === id
}

export const roleTooLow = (admitted: Admitted, rule: RouteRule): Problem => ({
  code: 'role_too_low',
  detail: `${admitted.kind === 'admin_key' ? 'The key has' : 'You have'} the role ${roleOf(admitted)}; this route needs ${rule.allows}.`,
})

export const proofNeeded = (kind: Admitted['kind']): Problem => (kind === 'operator' ? SESSION_ENDED : unauthorized())

const presented = (key: string, request: FastifyRequest): PresentedAdminKey => ({
  key: new Secret(key),
  from: originOf(request),
  requester: { address: request.clientAddress, userAgent: printableText(request.headers['user-agent'] ?? '') },
})

// All rejected keys get the same answer, so that guessing reveals nothing.
const unauthorized = (): Problem => ({
  code: 'admin_key_needed',
  detail:
    'Send "Authorization: Bearer <admin key>". The first start writes a key to the file admin.key in the data folder. That key is accepted only on the machine of the server.',
})

const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

// A proxy on this machine adds one of these headers to the requests that it forwards for other machines.
function originOf(request: FastifyRequest): 'loopback' | 'network' {
  const isLocal = /^(?:(?:::ffff:)?127\.[0-9.]+|::1)$/.test(request.socket.remoteAddress ?? '')
  const isForwarded = FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined)
  return isLocal && !isForwarded ? 'loopback' : 'network'
}

/** How often a header was sent. Node keeps the first of several Host or Authorization headers and drops the others. */
export const countOf = (name: string, rawHeaders: readonly string[]): number =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
