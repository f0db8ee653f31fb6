// The hooks that run before each route of the admin listener: they check the Host header, refresh the state and admit
// the caller.
import type { FastifyRequest } from 'fastify'
import type { StoreHealth } from '../../../ports/store.ts'
import { clientAddress, trustedProxyList } from '../../requester.ts'
import type { AdminServer } from '../admin-server.ts'
import { answerHeaders } from '../answer-headers.ts'
import type { AdminListenerAddress } from '../listener-address.ts'
import { invalidRequest, type Problem, sendProblem } from '../problems/problem.ts'
import { admit, type AdmissionPorts, countOf } from './admission.ts'
import { type HostCheck, isExpectedHost } from './host-check.ts'
import { type RouteRule, ruleFor } from './route-rules.ts'

export interface AdmissionHooksPorts extends AdmissionPorts {
  readonly health: Pick<StoreHealth, 'current'>
  /** The addresses and ranges of trusted proxies, whose X-Forwarded-For header is used. */
  readonly trustedProxies: readonly string[]
}

export interface AdmissionHooksOptions {
  readonly rules: readonly RouteRule[]
  /** Headers that are added to every answer. */
  readonly extraHeaders: Readonly<Record<string, string>>
}

/** Adds the hooks. Call it before the first route is added. */
export function addAdmissionHooks(
  app: AdminServer,
  ports: AdmissionHooksPorts,
  { rules, extraHeaders }: AdmissionHooksOptions,
): void {
  app.decorateRequest('admitted', undefined)
  app.decorateRequest('clientAddress', '')
  const trusted = trustedProxyList(ports.trustedProxies)

  app.addHook('onRoute', (route) => {
    // A route without a rule makes the start fail, so that no route is open by mistake.
    const [rule] = [route.method].flat().map((method) => ruleFor(method, route.url, rules))
    if (rule !== undefined) route.config = { ...route.config, rule }
  })

  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ ...answerHeaders(request.id), ...extraHeaders })
    // RFC 9112 §3.2: if there are several Host headers, a proxy before this listener may have used a different one than
    // Node.js.
    if (countOf('host', request.raw.rawHeaders) > 1) return sendProblem(reply, invalidRequest('Send one Host header.'))
    const forwardedFor = String(request.headers['x-forwarded-for'] ?? '')
    // If the peer has reset the connection, Node no longer knows the peer's address.
    request.clientAddress = clientAddress(request.socket.remoteAddress ?? '', forwardedFor, trusted)
    if (!isExpectedHost(request.headers.host, hostCheck(app, ports.listener, request))) {
      return sendProblem(reply, WRONG_HOST)
    }
    if (request.is404) return
    const { rule } = request.routeOptions.config
    if (rule === undefined) throw new Error('a route without an access rule was registered')
    // Refreshes the state, so that a change by another server applies to this request. The metrics route must work
    // during an outage, so it does not wait.
    if (rule.url !== '/metrics' && (rule.allows !== 'anyone' || rule.method !== 'GET')) await ports.health.current()
    const admitted = admit(ports, rule, { request, reply })
    if (admitted === undefined) return reply
    request.admitted = admitted === 'anyone' ? undefined : admitted
  })

  // The body may have taken long to arrive. If the key or session has ended in the meantime, the change is refused.
  app.addHook('preHandler', async (request, reply) => {
    const { rule } = request.routeOptions.config
    if (request.admitted === undefined || rule === undefined || request.method === 'GET') return
    if (admit(ports, rule, { request, reply }) === undefined) return reply
  })
}

function hostCheck(app: AdminServer, listener: AdminListenerAddress, request: FastifyRequest): HostCheck {
  const address = app.server.address()
  return {
    configuredHost: listener.host,
    port: typeof address === 'object' && address !== null ? address.port : listener.port,
    scheme: listener.tls === undefined ? 'http' : 'https',
    localAddress: request.socket.localAddress,
    publishedOn: listener.publishedOn,
  }
}

const WRONG_HOST: Problem = {
  code: 'wrong_host',
  detail:
    "Use the listener's own address and port in the URL. A proxy must set the Host header to the address that it connects to.",
}
