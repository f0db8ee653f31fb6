// Who may do what on the admin listener: one rule for each route, and the guard that keeps them.
import { bearerChallenge, readBearer, Secret } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { adminKeyStatus } from '../../../domain/admin-key-status.ts'
import { type AdminRole, mayAct } from '../../../domain/admin-role.ts'
import { printableAgent } from '../../../domain/printable-agent.ts'
import { sessionEndsAt } from '../../../domain/session.ts'
import { authenticateAdmin, type PresentedAdminKey } from '../../../operations/authenticate-admin.ts'
import type { AdminKeys } from '../../../ports/admin-keys.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { SecretVault } from '../../../ports/secret-vault.ts'
import type { Logger } from '../../../log.ts'
import { type Admitted, roleOf } from './admitted.ts'
import { invalidRequest, type Problem, sendProblem } from '../problems/problem.ts'
import { admitSession, SESSION_ENDED, type SessionAdmissionPorts } from './session-admission.ts'
import { clearSessionCookie, sessionCookie } from './session-cookie.ts'

export interface RouteRule {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: string
  /** `anyone`: needs no key. Else the least role that may. */
  readonly allows: 'anyone' | AdminRole
  /** Operators may do it to themselves: `:id` is theirs. */
  readonly orSelf?: true
}

/** The whole list: a route that is not in it cannot be registered. The open ones tell nothing about what is kept here. */
export const ROUTE_RULES: readonly RouteRule[] = [
  { method: 'GET', url: '/', allows: 'anyone' },
  { method: 'GET', url: '/livez', allows: 'anyone' },
  { method: 'GET', url: '/readyz', allows: 'anyone' },
  { method: 'GET', url: '/version', allows: 'anyone' },
  { method: 'GET', url: '/problems', allows: 'anyone' },
  { method: 'GET', url: '/docs', allows: 'anyone' },
  { method: 'GET', url: '/admin/v1/openapi.json', allows: 'anyone' },
  ...['/models', '/platform', '/activity', '/settings'].flatMap((area): RouteRule[] => [
    { method: 'GET', url: area, allows: 'anyone' },
    { method: 'GET', url: `${area}/*`, allows: 'anyone' },
  ]),
  { method: 'GET', url: '/set-up', allows: 'anyone' },
  { method: 'GET', url: '/sign-in', allows: 'anyone' },
  { method: 'GET', url: '/assets/*', allows: 'anyone' },
  { method: 'POST', url: '/admin/v1/session', allows: 'anyone' },
  { method: 'POST', url: '/admin/v1/setup', allows: 'anyone' },
  { method: 'POST', url: '/admin/v1/setup/check', allows: 'anyone' },
  { method: 'GET', url: '/metrics', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/server', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/configuration', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/backup', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/integrations', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id', allows: 'viewer' },
  { method: 'PATCH', url: '/admin/v1/integrations/:id', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/integrations/:id', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/disable', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/enable', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/rotate-secret', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/secrets', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations/:id/secrets/:secret/end', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/secrets/:secret/reveal', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/tokens', allows: 'viewer' },
  { method: 'DELETE', url: '/admin/v1/integrations/:id/tokens', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/tokens/:scope', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations/:id/tokens/:scope', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/integrations/:id/tokens/:scope', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id/activity', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/tokens', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/tokens/verify', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/scopes', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/scopes', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/scopes/:name', allows: 'viewer' },
  { method: 'PATCH', url: '/admin/v1/scopes/:name', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/scopes/:name', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/apis', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/apis', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/apis/:id', allows: 'viewer' },
  { method: 'PATCH', url: '/admin/v1/apis/:id', allows: 'editor' },
  { method: 'DELETE', url: '/admin/v1/apis/:id', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/keys', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/keys/rotate', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/keys/:kid/revoke', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/admin-keys', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/admin-keys', allows: 'owner' },
  { method: 'DELETE', url: '/admin/v1/admin-keys/:id', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/session', allows: 'viewer' },
  { method: 'DELETE', url: '/admin/v1/session', allows: 'viewer' },
  { method: 'DELETE', url: '/admin/v1/sessions', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/setup-links', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/operators', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/operators', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/operators/:id', allows: 'owner', orSelf: true },
  { method: 'PATCH', url: '/admin/v1/operators/:id', allows: 'owner' },
  { method: 'DELETE', url: '/admin/v1/operators/:id', allows: 'owner' },
  { method: 'POST', url: '/admin/v1/operators/:id/reset', allows: 'owner' },
  { method: 'GET', url: '/admin/v1/operators/:id/sessions', allows: 'owner', orSelf: true },
  { method: 'DELETE', url: '/admin/v1/operators/:id/sessions/:session', allows: 'owner', orSelf: true },
  { method: 'GET', url: '/admin/v1/audit', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/audit/verify', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/audit/export', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/overview', allows: 'viewer' },
  { method: 'GET', url: '/admin/v1/events', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/apply', allows: 'editor' },
]

/** HEAD is GET without the body. Throws for a route without a rule, while the listener is being built. */
export function ruleFor(method: string, url: string, rules: readonly RouteRule[] = ROUTE_RULES): RouteRule {
  const asked = method === 'HEAD' ? 'GET' : method
  const rule = rules.find((candidate) => candidate.method === asked && candidate.url === url)
  if (rule === undefined) throw new Error(`no access rule for ${method} ${url}`)
  return rule
}

const REALM = 'latchkey-admin'
export const INVALID_KEY_CHALLENGE = bearerChallenge({ realm: REALM, error: 'invalid_token' })

export interface AdmissionPorts extends SessionAdmissionPorts {
  readonly adminKeys: AdminKeys
  readonly vault: SecretVault
  readonly clock: Clock
  readonly logger: Logger
}

/** Answers a request that may not go on, and returns undefined for it; else who sent it, or `anyone` on an open route. */
export function admitOperator(
  ports: AdmissionPorts,
  rule: RouteRule,
  request: FastifyRequest,
  reply: FastifyReply,
): Admitted | 'anyone' | undefined {
  if (rule.allows === 'anyone') return 'anyone'
  const deny = (reason: string, problem: Problem, challenge?: string): undefined => {
    const client = { 'client.address': request.clientAddress, 'http.route': rule.url }
    ports.logger.warn({ event: 'auth.denied', request_id: request.id, reason, ...client }, 'admin request denied')
    if (challenge !== undefined) void reply.header('www-authenticate', challenge)
    sendProblem(reply, problem)
  }
  if (countOf('authorization', request.raw.rawHeaders) > 1) {
    return deny('several_authorization_headers', invalidRequest('Send one Authorization header.'))
  }
  const cookie = sessionCookie(ports.listener, request)
  if (cookie !== undefined) {
    const session = admitSession(ports, request, cookie)
    if ('admitted' in session)
      return permitted(rule, request, session.admitted) ?? deny(...tooLow(session.admitted, rule))
    if (!session.isOver) return deny(session.reason, session.problem)
    clearSessionCookie(ports.listener, reply)
    return deny(session.reason, session.problem, bearerChallenge({ realm: REALM }))
  }
  const bearer = readBearer(request.headers.authorization)
  if (!bearer.ok) return deny(`admin_key_${bearer.refusal}`, unauthorized(), bearerChallenge({ realm: REALM }))
  const found = authenticateAdmin(ports, presented(bearer.value, request))
  if (!found.ok) {
    return deny(found.refusal.reason, unauthorized(), INVALID_KEY_CHALLENGE)
  }
  const admitted: Admitted = { kind: 'admin_key', key: found.value }
  return permitted(rule, request, admitted) ?? deny(...tooLow(admitted, rule))
}

/** What was admitted, when its rule lets it do this. */
function permitted(rule: RouteRule, request: FastifyRequest, admitted: Admitted): Admitted | undefined {
  if (rule.allows === 'anyone' || mayAct(roleOf(admitted), rule.allows)) return admitted
  const { id } = request.params as { readonly id?: string }
  return rule.orSelf === true && admitted.kind === 'operator' && admitted.operator.id === id ? admitted : undefined
}

const tooLow = (admitted: Admitted, rule: RouteRule): readonly [reason: string, problem: Problem] => [
  'role_too_low',
  {
    code: 'role_too_low',
    detail: `${admitted.kind === 'admin_key' ? 'The key has' : 'You have'} the role ${roleOf(admitted)}; this needs ${rule.allows}.`,
  },
]

/**
 * Why a request that was admitted would not be admitted now, by the same key or session; undefined when it would. For an
 * answer that takes its time. It is no use of the key, and costs as little as a look into a map.
 */
export function endedMeanwhile(ports: AdmissionPorts, rule: RouteRule, request: FastifyRequest): Problem | undefined {
  if (request.admitted === undefined) return undefined
  const current = asOfNow(ports, request.admitted)
  if (current === undefined) return proofNeeded(request.admitted.kind)
  const [, problem] = tooLow(current, rule)
  return permitted(rule, request, current) === undefined ? problem : undefined
}

/** Undefined when the key or the session has ended. An operator is as they are now: their role may have changed. */
function asOfNow({ adminKeys, sessions, clock }: AdmissionPorts, admitted: Admitted): Admitted | undefined {
  if (admitted.kind === 'admin_key') {
    const key = adminKeys.findByHash(admitted.key.hash)
    return key !== undefined && adminKeyStatus(key, clock.now()) === 'active' ? { kind: 'admin_key', key } : undefined
  }
  const signedIn = sessions.findByHash(admitted.session.hash)
  const isOver = signedIn === undefined || signedIn.operator.disabled || clock.now() >= sessionEndsAt(signedIn.session)
  return isOver ? undefined : { kind: 'operator', ...signedIn }
}

export const proofNeeded = (kind: Admitted['kind']): Problem => (kind === 'operator' ? SESSION_ENDED : unauthorized())

const presented = (key: string, request: FastifyRequest): PresentedAdminKey => ({
  key: new Secret(key),
  from: originOf(request),
  requester: { address: request.clientAddress, userAgent: printableAgent(request.headers['user-agent'] ?? '') },
})

// One answer for every key that does not open the door: which keys exist, and which are for this machine alone, is not told.
const unauthorized = (): Problem => ({
  code: 'admin_key_needed',
  detail:
    'Send "Authorization: Bearer <admin key>". The first start leaves a key in the file admin.key of the data folder; it works on the machine of the server.',
})

const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

// A proxy on this machine brings requests of others: what it marks so did not begin here.
function originOf(request: FastifyRequest): 'loopback' | 'network' {
  const isLocal = /^(?:(?:::ffff:)?127\.[0-9.]+|::1)$/.test(request.socket.remoteAddress ?? '')
  const isForwarded = FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined)
  return isLocal && !isForwarded ? 'loopback' : 'network'
}

/** Node keeps the first of several Host or Authorization headers and says nothing of the others. */
export const countOf = (name: string, rawHeaders: readonly string[]): number =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
