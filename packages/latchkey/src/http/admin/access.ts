// Who may do what on the admin listener: one rule for each route, and the guard that keeps them.
import { bearerChallenge, readBearer, Secret } from '@latchkey/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { authenticateAdmin, mayAct } from '../../operations/authenticate-admin.ts'
import type { AdminKey, AdminKeys, AdminRole } from '../../ports/admin-keys.ts'
import type { SecretVault } from '../../ports/secret-vault.ts'
import type { Logger } from '../../log.ts'
import { type Problem, sendProblem } from './problem.ts'

export interface RouteRule {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly url: string
  /** `anyone`: needs no key. Else the least role that may. */
  readonly allows: 'anyone' | AdminRole
}

/** The whole list: a route that is not in it cannot be registered. The open ones tell nothing about what is kept here. */
export const ROUTE_RULES: readonly RouteRule[] = [
  { method: 'GET', url: '/', allows: 'anyone' },
  { method: 'GET', url: '/livez', allows: 'anyone' },
  { method: 'GET', url: '/readyz', allows: 'anyone' },
  { method: 'GET', url: '/version', allows: 'anyone' },
  { method: 'GET', url: '/admin/v1/integrations', allows: 'viewer' },
  { method: 'POST', url: '/admin/v1/integrations', allows: 'editor' },
  { method: 'GET', url: '/admin/v1/integrations/:id', allows: 'viewer' },
  { method: 'DELETE', url: '/admin/v1/integrations/:id', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/disable', allows: 'editor' },
  { method: 'POST', url: '/admin/v1/integrations/:id/enable', allows: 'editor' },
]

/** HEAD is GET without the body. Throws for a route without a rule, while the listener is being built. */
export function ruleFor(method: string, url: string): RouteRule {
  const asked = method === 'HEAD' ? 'GET' : method
  const rule = ROUTE_RULES.find((candidate) => candidate.method === asked && candidate.url === url)
  if (rule === undefined) throw new Error(`no access rule for ${method} ${url}`)
  return rule
}

const REALM = 'latchkey-admin'

export interface AdmissionPorts {
  readonly adminKeys: AdminKeys
  readonly vault: SecretVault
  readonly logger: Logger
}

/** Answers a request that may not go on, and returns undefined for it; else the key, or `anyone` on an open route. */
export function admitOperator(
  ports: AdmissionPorts,
  rule: RouteRule,
  request: FastifyRequest,
  reply: FastifyReply,
): AdminKey | 'anyone' | undefined {
  if (rule.allows === 'anyone') return 'anyone'
  const deny = (reason: string, problem: Problem, challenge?: string): undefined => {
    const client = { 'client.address': request.ip, 'http.route': rule.url }
    ports.logger.warn({ event: 'auth.denied', request_id: request.id, reason, ...client }, 'admin request denied')
    if (challenge !== undefined) void reply.header('www-authenticate', challenge)
    sendProblem(reply, problem)
  }
  if (countOf('authorization', request.raw.rawHeaders) > 1) {
    return deny('several_authorization_headers', badHeader('Send one Authorization header.'))
  }
  const bearer = readBearer(request.headers.authorization)
  if (!bearer.ok) return deny(`admin_key_${bearer.refusal}`, unauthorized(), bearerChallenge({ realm: REALM }))
  const found = authenticateAdmin(ports, { key: new Secret(bearer.value), from: originOf(request) })
  if (!found.ok) {
    const challenge = bearerChallenge({ realm: REALM, error: 'invalid_token' })
    return deny(found.refusal.reason, unauthorized(), challenge)
  }
  if (mayAct(found.value.role, rule.allows)) return found.value
  return deny('role_too_low', forbidden(found.value.role, rule.allows))
}

// One answer for every key that does not open the door: which keys exist, and which are for this machine alone, is not told.
const unauthorized = (): Problem => ({
  status: 401,
  code: 'admin_key_needed',
  title: 'An admin key is needed',
  detail:
    'Send "Authorization: Bearer <admin key>". The first start leaves a key in the file admin.key of the data folder; it works on the machine of the server.',
})

const forbidden = (role: AdminRole, needed: AdminRole): Problem => ({
  status: 403,
  code: 'role_too_low',
  title: 'This admin key may not do this',
  detail: `The key has the role ${role}; this needs ${needed}.`,
})

const badHeader = (detail: string): Problem => ({
  status: 400,
  code: 'invalid_request',
  title: 'The request is not usable as it is',
  detail,
})

const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

// A proxy on this machine brings requests of others: what it marks so did not begin here.
function originOf(request: FastifyRequest): 'loopback' | 'network' {
  const isLocal = /^(?:(?:::ffff:)?127\.[0-9.]+|::1)$/.test(request.ip)
  const isForwarded = FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined)
  return isLocal && !isForwarded ? 'loopback' : 'network'
}

// Node keeps the first of several Authorization headers and says nothing of the others.
const countOf = (name: string, rawHeaders: readonly string[]): number =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
