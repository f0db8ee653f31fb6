// The admin listener: puts the web server, the admission, the routes of each resource and the error handler together.
import swagger from '@fastify/swagger'
import type { ConnectionCounts } from '../../connections/connection-counts.ts'
import type { Logger } from '../../log.ts'
import type { ApplyManifestPorts } from '../../operations/apply-manifest.ts'
import type { CreateIntegrationPorts } from '../../operations/create-integration.ts'
import type { ListTokensPorts } from '../../operations/list-tokens.ts'
import type { ActivityReports } from '../../ports/activity-reports.ts'
import type { AdminKeys } from '../../ports/admin-keys.ts'
import type { CatalogAdministration } from '../../ports/catalog.ts'
import type { MockControls } from '../../ports/mock-controls.ts'
import { OutageLog } from '../outage-log.ts'
import { addAdmissionHooks } from './access/admission-hooks.ts'
import { addEndedRightCheck } from './access/ended-right.ts'
import { ROUTE_RULES } from './access/route-rules.ts'
import { addActivityRoutes } from './activity/activity-routes.ts'
import { addEventRoutes, type EventRoutesPorts } from './activity/event-routes.ts'
import { addMetricsRoute, type MetricsPorts } from './activity/metrics-route.ts'
import { type AdminServer, closeWithApp, createAdminServer } from './admin-server.ts'
import { answerFault } from './answer-fault.ts'
import { addAuditRoutes } from './audit/audit-routes.ts'
import { logChanges } from './audit/log-changes.ts'
import { addApiRoutes } from './catalog/api-routes.ts'
import { addScopeRoutes } from './catalog/scope-routes.ts'
import { addCredentialRoutes, type CredentialRoutesPorts } from './credentials/credential-routes.ts'
import { addTrustTestRoute, type TrustTestRoutePorts } from './trust/trust-test-route.ts'
import { addTrustedIssuerRoutes, type TrustedIssuerRoutesPorts } from './trust/trusted-issuer-routes.ts'
import { addConsoleRoutes, type ConsolePorts } from './console/console-routes.ts'
import { addJsonBodies } from './conventions/json-body.ts'
import { addIntegrationRoutes } from './integrations/integration-routes.ts'
import { addAdminKeyRoutes } from './keys/admin-key-routes.ts'
import { addSigningKeyRoutes, type SigningKeyRoutesPorts } from './keys/signing-key-routes.ts'
import type { AdminListenerAddress } from './listener-address.ts'
import { addApplyRoute } from './manifest/apply-route.ts'
import { addMockRoutes } from './mock/mock-routes.ts'
import { MOCK_MARK, MOCK_ROUTE_RULES } from './mock/mock-rules.ts'
import { addOpenApiRoute, openApiOptions } from './openapi/openapi.ts'
import { addOperatorRoutes, type OperatorRoutesPorts } from './operators/operator-routes.ts'
import { addSessionRoutes, type SessionRoutesPorts } from './operators/session-routes.ts'
import { addSetUpLinkRoutes, type SetUpLinkRoutesPorts } from './operators/set-up-link-routes.ts'
import { addProblemPage } from './problems/problem-page.ts'
import { addReferencePage } from './reference/reference-page.ts'
import { addSecretRoutes, type SecretRoutesPorts } from './secrets/secret-routes.ts'
import { addBackupRoute, type BackupRoutePorts } from './server/backup-route.ts'
import { addConfigurationRoute, type ConfigurationPorts } from './server/configuration-route.ts'
import { addHealthRoutes, type HealthPorts } from './server/health-routes.ts'
import { addServerFactsRoute, type ServerFactsPorts } from './server/server-facts-route.ts'
import { addTokenRoutes } from './tokens/token-routes.ts'
import { addTrialTokenRoutes, type TrialTokenRoutesPorts } from './tokens/trial-token-routes.ts'

export interface AdminListenerPorts
  extends
    CreateIntegrationPorts,
    SecretRoutesPorts,
    CredentialRoutesPorts,
    ListTokensPorts,
    TrialTokenRoutesPorts,
    ApplyManifestPorts,
    SigningKeyRoutesPorts,
    HealthPorts,
    EventRoutesPorts,
    MetricsPorts,
    ConsolePorts,
    ServerFactsPorts,
    ConfigurationPorts,
    BackupRoutePorts,
    SessionRoutesPorts,
    OperatorRoutesPorts,
    SetUpLinkRoutesPorts,
    TrustedIssuerRoutesPorts,
    TrustTestRoutePorts {
  readonly catalogAdministration: CatalogAdministration
  readonly reports: ActivityReports
  readonly adminKeys: AdminKeys
  readonly logger: Logger
  /** The addresses and ranges of trusted proxies, whose X-Forwarded-For header is used. */
  readonly trustedProxies: readonly string[]
  /**
   * The parts that the routes of a mock control. Undefined if the server is not a mock: the listener then has no mock
   * routes.
   */
  readonly mock: MockControls | undefined
  readonly connectionCounts: ConnectionCounts
  /** Decides which Host headers are accepted. */
  readonly listener: AdminListenerAddress
}

/** Builds the listener. It does not listen yet. */
export function createAdminListener(ports: AdminListenerPorts): AdminServer {
  const { mock } = ports
  const extraHeaders = mock === undefined ? {} : { [MOCK_MARK.name]: MOCK_MARK.value }
  const rules = mock === undefined ? ROUTE_RULES : [...ROUTE_RULES, ...MOCK_ROUTE_RULES]
  const app = createAdminServer({ listener: ports.listener, counts: ports.connectionCounts, extraHeaders })
  addAdmissionHooks(app, ports, { rules, extraHeaders })
  addEndedRightCheck(app, ports)
  const stopLogging = logChanges(ports.auditTrail, ports.logger)
  app.addHook('onClose', () => {
    stopLogging()
  })
  const logs = { logger: ports.logger, outage: new OutageLog(ports.logger) }
  app.setErrorHandler((error: Error, request, reply) => answerFault(error, { request, reply }, logs))
  addJsonBodies(app)
  void app.register(swagger, openApiOptions(ports.version))
  // Registered in a promise: a route that cannot be added then makes `ready` fail instead of ending the process.
  void app.register(async () => {
    addRoutes(app, ports)
    closeWithApp(app)
  })
  return app
}

/** The OpenAPI document describes the routes in this order. */
function addRoutes(app: AdminServer, ports: AdminListenerPorts): void {
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
  addCredentialRoutes(app, ports)
  addTrustedIssuerRoutes(app, ports)
  addTrustTestRoute(app, ports)
  addTokenRoutes(app, ports)
  addTrialTokenRoutes(app, ports)
  addSigningKeyRoutes(app, ports)
  addAuditRoutes(app, ports)
  addApplyRoute(app, ports)
  addActivityRoutes(app, ports)
  addEventRoutes(app, ports)
  addMetricsRoute(app, ports)
  addOpenApiRoute(app)
  addReferencePage(app)
  addProblemPage(app)
  if (ports.mock !== undefined) addMockRoutes(app, ports, ports.mock)
}
