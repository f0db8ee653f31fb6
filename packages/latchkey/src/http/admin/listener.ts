// The admin listener: Fastify with the access rules, the Host check and the problem details around every route.
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { CreateIntegrationPorts } from '../../operations/create-integration.ts'
import type { AdminKeys } from '../../ports/admin-keys.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import type { Logger } from '../log.ts'
import { admitOperator, type RouteRule, ruleFor } from './access.ts'
import { answerHeaders, requestIdOf } from './answer-headers.ts'
import { answerClientError } from './client-error.ts'
import { addHealthRoutes, type HealthPorts } from './health.ts'
import { isExpectedHost } from './host-check.ts'
import { addIntegrationRoutes } from './integrations.ts'
import { notFound, type Problem, PROBLEM_TYPE, problemBody, sendProblem } from './problem.ts'
import { problemOf } from './wire-problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    rule?: RouteRule
  }
  interface FastifyRequest {
    /** The id of the key that the request was admitted with; undefined on open routes. */
    adminKeyId: string | undefined
  }
}

export interface AdminListenerPorts extends CreateIntegrationPorts, HealthPorts {
  readonly adminKeys: AdminKeys
  readonly logger: Logger
  /** Where it will listen: decides which Host headers are answered. */
  readonly listener: AdminListenerAddress
}

export interface AdminListenerAddress {
  readonly host: string
  /** 0: the port that the system gives. */
  readonly port: number
  /** Both in PEM. */
  readonly tls?: { readonly cert: string; readonly key: { reveal(): string } }
}

export type AdminListener = ReturnType<typeof bareListener>

const BODY_LIMIT = 64 * 1024

/** Built, not yet listening. */
export function createAdminListener(ports: AdminListenerPorts): AdminListener {
  const app = bareListener(ports.listener)
  // By default Node drops headers above 2000 in silence: a second Authorization header could hide there.
  app.server.maxHeadersCount = 0
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
    const { rule } = request.routeOptions.config
    if (rule === undefined) return
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

// Without a Host header Node would answer by itself, with an empty 400.
const SERVER = { requireHostHeader: false, maxHeaderSize: 16 * 1024 } as const

const bareListener = ({ tls }: AdminListenerAddress) =>
  Fastify({
    ...(tls === undefined
      ? { https: null, http: SERVER }
      : { https: { ...SERVER, cert: tls.cert, key: tls.key.reveal() } }),
    bodyLimit: BODY_LIMIT,
    connectionTimeout: 60_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    genReqId: requestIdOf,
    clientErrorHandler: answerClientError,
    // A path that cannot be decoded comes past every hook.
    frameworkErrors: (error, { id }, { raw }) => {
      const problem = problemOf(error)
      raw.writeHead(problem.status, { ...answerHeaders(id), 'content-type': PROBLEM_TYPE })
      raw.end(problemBody(problem, id))
    },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()

function hostCheck(app: AdminListener, listener: AdminListenerAddress, request: FastifyRequest) {
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
