// The admin listener: Fastify with the access rules, the Host check and the problem details around every route.
import swagger from '@fastify/swagger'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApplySetUpPorts } from '../../operations/apply-set-up.ts'
import type { CreateIntegrationPorts } from '../../operations/create-integration.ts'
import type { ListTokensPorts } from '../../operations/list-tokens.ts'
import type { ActivityReports } from '../../ports/activity-reports.ts'
import type { AdminKeys } from '../../ports/admin-keys.ts'
import type { CatalogAdministration } from '../../ports/catalog.ts'
import { ActorEnded } from '../../ports/audit-trail.ts'
import type { MockControls } from '../../ports/mock-controls.ts'
import { ServerLeaving, StoreUnavailable } from '../../ports/store.ts'
import type { ConnectionCounts } from '../../connections/connection-counts.ts'
import type { Logger } from '../../log.ts'
import { OutageLog } from '../outage-log.ts'
import { clientAddress, trustedProxyList } from '../requester.ts'
import { admitOperator, countOf, INVALID_KEY_CHALLENGE, ROUTE_RULES, ruleFor } from './access/admission.ts'
import { addressOf } from './access/address-of.ts'
import { addActivityRoutes } from './activity/activity-routes.ts'
import { addAdminKeyRoutes } from './keys/admin-key-routes.ts'
import { type AdminServer, closeWithApp, createAdminServer } from './admin-server.ts'
import { answerHeaders } from './answer-headers.ts'
import { addApiRoutes } from './catalog/api-routes.ts'
import { addEndedMeanwhileCheck } from './access/ended-meanwhile.ts'
import { addEventRoutes, type EventRoutesPorts } from './activity/event-routes.ts'
import { addHealthRoutes, type HealthPorts } from './server/health-routes.ts'
import { isExpectedHost } from './access/host-check.ts'
import { addApplyRoute } from './manifest/apply-route.ts'
import { addAuditRoutes } from './audit/audit-routes.ts'
import { addBackupRoute, type BackupRoutePorts } from './server/backup-route.ts'
import { addConfigurationRoute, type ConfigurationPorts } from './server/configuration-route.ts'
import { addConsoleRoutes, type ConsolePorts } from './console/console-routes.ts'
import { addIntegrationRoutes } from './integrations/integration-routes.ts'
import { addJsonBodies } from './conventions/json-body.ts'
import { addKeyRoutes, type KeyRoutesPorts } from './keys/signing-key-routes.ts'
import type { AdminListenerAddress } from './listener-address.ts'
import { logChanges } from './audit/log-changes.ts'
import { addMetricsRoute, type MetricsPorts } from './activity/metrics-route.ts'
import { addMockRoutes } from './mock/mock-routes.ts'
import { MOCK_MARK, MOCK_ROUTE_RULES } from './mock/mock-rules.ts'
import { addOpenApiRoute, openApiOptions } from './openapi/openapi.ts'
import { addProblemPage } from './problems/problem-page.ts'
import { invalidRequest, notFound, type Problem, sendProblem, statusOf } from './problems/problem.ts'
import { PROBLEMS } from './problems/problem-catalog.ts'
import { addOperatorRoutes, type OperatorRoutesPorts } from './operators/operator-routes.ts'
import { addReferencePage } from './reference/reference-page.ts'
import { addScopeRoutes } from './catalog/scope-routes.ts'
import { addSecretRoutes, type SecretRoutesPorts } from './secrets/secret-routes.ts'
import { addServerFactsRoute, type ServerFactsPorts } from './server/server-facts-route.ts'
import { addSessionRoutes, type SessionRoutesPorts } from './operators/session-routes.ts'
import { addSetUpLinkRoutes, type SetUpLinkRoutesPorts } from './operators/set-up-link-routes.ts'
import { addTokenRoutes } from './tokens/token-routes.ts'
import { addTrialRoutes, type TrialRoutesPorts } from './tokens/trial-token-routes.ts'
import { problemOf } from './wire-problem.ts'

export interface AdminListenerPorts
  extends
    CreateIntegrationPorts,
    SecretRoutesPorts,
    ListTokensPorts,
    TrialRoutesPorts,
    ApplySetUpPorts,
    KeyRoutesPorts,
    HealthPorts,
    EventRoutesPorts,
    MetricsPorts,
    ConsolePorts,
    ServerFactsPorts,
    ConfigurationPorts,
    BackupRoutePorts,
    SessionRoutesPorts,
    OperatorRoutesPorts,
    SetUpLinkRoutesPorts {
  readonly catalogAdministration: CatalogAdministration
  readonly reports: ActivityReports
  readonly adminKeys: AdminKeys
  readonly logger: Logger
  /** Addresses and ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[]
  /** Of a mock; undefined for every other server, which then has no trace of it. */
  readonly mock: MockControls | undefined
  readonly connectionCounts: ConnectionCounts
  /** Where it will listen: decides which Host headers are answered. */
  readonly listener: AdminListenerAddress
}

/** Built, not yet listening. */
export function createAdminListener(ports: AdminListenerPorts): AdminServer {
  const { mock } = ports
  const marks = mock === undefined ? {} : { [MOCK_MARK.name]: MOCK_MARK.value }
  const allRules = mock === undefined ? ROUTE_RULES : [...ROUTE_RULES, ...MOCK_ROUTE_RULES]
  const app = createAdminServer({ listener: ports.listener, counts: ports.connectionCounts, extraHeaders: marks })
  app.decorateRequest('admitted', undefined)
  app.decorateRequest('clientAddress', '')
  const trusted = trustedProxyList(ports.trustedProxies)
  app.addHook('onRoute', (route) => {
    // A route without a rule stops the start, so none can be open by oversight.
    const rules = [route.method].flat().map((method) => ruleFor(method, route.url, allRules))
    const [rule] = rules
    if (rule !== undefined) route.config = { ...route.config, rule }
  })
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ ...answerHeaders(request.id), ...marks })
    // RFC 9112 §3.2: who is between here and the caller may have gone by another one than the first.
    if (countOf('host', request.raw.rawHeaders) > 1) return sendProblem(reply, invalidRequest('Send one Host header.'))
    const forwardedFor = String(request.headers['x-forwarded-for'] ?? '')
    request.clientAddress = clientAddress(addressOf(request), forwardedFor, trusted)
    if (!isExpectedHost(request.headers.host, hostCheck(app, ports.listener, request))) {
      return sendProblem(reply, WRONG_HOST)
    }
    if (request.is404) return
    const { rule } = request.routeOptions.config
    if (rule === undefined) throw new Error('a route without an access rule was registered')
    // What another server changed holds here at the very next request. Measurements are wanted most in an outage.
    if (rule.url !== '/metrics' && (rule.allows !== 'anyone' || rule.method !== 'GET')) await ports.health.current()
    const operator = admitOperator(ports, rule, request, reply)
    if (operator === undefined) return reply
    request.admitted = operator === 'anyone' ? undefined : operator
  })
  // A body may take its time, and the key may have ended since: what it asks for is not begun any more.
  app.addHook('preHandler', async (request, reply) => {
    const { rule } = request.routeOptions.config
    if (request.admitted === undefined || rule === undefined || request.method === 'GET') return
    if (admitOperator(ports, rule, request, reply) === undefined) return reply
  })
  addEndedMeanwhileCheck(app, ports)
  const stopLogging = logChanges(ports.auditTrail, ports.logger)
  app.addHook('onClose', () => {
    stopLogging()
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, NO_SUCH_ROUTE))
  const logs = { logger: ports.logger, outage: new OutageLog(ports.logger) }
  app.setErrorHandler((error: Error, request, reply) => answerFault(error, request, reply, logs))
  addJsonBodies(app)
  void app.register(swagger, openApiOptions(ports.version))
  // The document is made of the routes that are added from here on. A route that cannot be is a listener that never gets
  // ready; thrown outside of a promise it would end the process.
  void app.register(async () => {
    addHealthRoutes(app, ports)
    addConsoleRoutes(app, ports)
    addServerFactsRoute(app, ports)
    addConfigurationRoute(app, ports)
    addBackupRoute(app, ports)
    addIntegrationRoutes(app, ports)
    addScopeRoutes(app, ports)
    addApiRoutes(app, ports)
    addAdminKeyRoutes(app, ports)
    addOperatorRoutes(app, ports)
    addSessionRoutes(app, ports)
    addSetUpLinkRoutes(app, ports)
    addSecretRoutes(app, ports)
    addTokenRoutes(app, ports)
    addTrialRoutes(app, ports)
    addKeyRoutes(app, ports)
    addAuditRoutes(app, ports)
    addApplyRoute(app, ports)
    addActivityRoutes(app, ports)
    addEventRoutes(app, ports)
    addMetricsRoute(app, ports)
    addOpenApiRoute(app)
    addReferencePage(app)
    addProblemPage(app)
    if (mock !== undefined) addMockRoutes(app, ports, mock)
    closeWithApp(app)
  })
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

interface FaultLogs {
  readonly logger: Logger
  readonly outage: OutageLog
}

function answerFault(
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
  { logger, outage }: FaultLogs,
): FastifyReply {
  const problem = problemOf(error)
  if (error instanceof StoreUnavailable) {
    if (!(error instanceof ServerLeaving)) outage.add(request.id, error)
  } else if (statusOf(problem) >= 500) {
    logger.error(
      { event: 'request.failed', request_id: request.id, 'http.route': request.routeOptions.url, err: error },
      PROBLEMS[problem.code].title,
    )
  }
  if (error instanceof ActorEnded) {
    logger.warn({ event: 'auth.denied', request_id: request.id, reason: 'ended_meanwhile' }, error.message)
    void reply.header('www-authenticate', INVALID_KEY_CHALLENGE)
  }
  if (error instanceof StoreUnavailable) void reply.header('retry-after', String(error.retryAfterSeconds))
  return sendProblem(reply, problem)
}

const WRONG_HOST: Problem = {
  code: 'wrong_host',
  detail:
    'Call it by the address it listens on, with its port. A proxy must keep sending the address that it connects to as the Host header.',
}

const NO_SUCH_ROUTE = notFound(
  'unknown_route',
  'Nothing answers this method on this path. The admin API is under /admin/v1.',
)
