// The admin listener: Fastify with the access rules, the Host check and the problem details around every route.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CreateIntegrationPorts } from '../../operations/create-integration.ts'
import type { AdminKeys } from '../../ports/admin-keys.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { Logger } from '../../log.ts'
import { admitOperator, ruleFor } from './access.ts'
import { type AdminListenerAddress, type AdminServer, createAdminServer } from './admin-server.ts'
import { answerHeaders } from './answer-headers.ts'
import { addHealthRoutes, type HealthPorts } from './health.ts'
import { isExpectedHost } from './host-check.ts'
import { addIntegrationRoutes } from './integrations.ts'
import { notFound, type Problem, sendProblem } from './problem.ts'
import { problemOf } from './wire-problem.ts'

export interface AdminListenerPorts extends CreateIntegrationPorts, HealthPorts {
  readonly adminKeys: AdminKeys
  readonly logger: Logger
  /** Where it will listen: decides which Host headers are answered. */
  readonly listener: AdminListenerAddress
}

/** Built, not yet listening. */
export function createAdminListener(ports: AdminListenerPorts): AdminServer {
  const app = createAdminServer(ports.listener)
  app.decorateRequest('adminKeyId', undefined)
  app.addHook('onRoute', (route) => {
    // A route without a rule stops the start, so none can be open by oversight.
    const rules = [route.method].flat().map((method) => ruleFor(method, route.url))
    const [rule] = rules
    if (rule !== undefined) route.config = { ...route.config, rule }
  })
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers(answerHeaders(request.id))
    if (!isExpectedHost(request.headers.host, hostCheck(app, ports.listener, request))) {
      return sendProblem(reply, WRONG_HOST)
    }
    if (request.is404) return
    const { rule } = request.routeOptions.config
    if (rule === undefined) throw new Error('a route without an access rule was registered')
    const operator = admitOperator(ports, rule, request, reply)
    if (operator === undefined) return reply
    request.adminKeyId = operator === 'anyone' ? undefined : operator.id
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, NO_SUCH_ROUTE))
  app.setErrorHandler((error: Error, request, reply) => answerFault(error, request, reply, ports.logger))
  app.removeContentTypeParser('text/plain')
  addHealthRoutes(app, ports)
  addIntegrationRoutes(app, ports)
  return app
}

function hostCheck(app: AdminServer, listener: AdminListenerAddress, request: FastifyRequest) {
  const address = app.server.address()
  return {
    configuredHost: listener.host,
    port: typeof address === 'object' && address !== null ? address.port : listener.port,
    scheme: listener.tls === undefined ? ('http' as const) : ('https' as const),
    localAddress: request.socket.localAddress,
  }
}

function answerFault(error: Error, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  const problem = problemOf(error)
  if (problem.status >= 500) {
    logger.error(
      { event: 'request.failed', request_id: request.id, 'http.route': request.routeOptions.url, err: error },
      problem.title,
    )
  }
  if (error instanceof StoreUnavailable) void reply.header('retry-after', String(error.retryAfterSeconds))
  return sendProblem(reply, problem)
}

const WRONG_HOST: Problem = {
  status: 421,
  code: 'wrong_host',
  title: 'This listener does not answer for that host',
  detail:
    'Call it by the address it listens on, with its port. A proxy must keep sending the address that it connects to as the Host header.',
}

const NO_SUCH_ROUTE = notFound(
  'unknown_route',
  'Nothing answers this method on this path. The admin API is under /admin/v1.',
)
