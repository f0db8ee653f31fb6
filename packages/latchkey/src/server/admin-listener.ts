// Gives the admin listener the parts that it needs.
import { isLoopback } from '../config/loopback.ts'
import type { AdminServer } from '../http/admin/admin-server.ts'
import { createAdminListener } from '../http/admin/admin-listener.ts'
import { createSignInThrottle } from '../http/sign-in-throttle.ts'
import { createPasswords } from '../keys/passwords.ts'
import { consoleFolder, folderOnDisk } from '../program-files.ts'
import { VERSION } from '../version.ts'
import type { ServerParts } from './server-parts.ts'

/** Makes the admin listener, which does not listen yet. From this call on, it logs each change that the audit trail records. */
export function adminListener(parts: ServerParts): AdminServer {
  const { config, logger, overrides, clock, store, gate } = parts
  const { activity, measurements, adminConnections } = parts.observed
  return createAdminListener({
    ...parts.creating,
    secrets: store.secrets,
    credentials: store.credentials,
    ...{ trustedIssuers: store.trustedIssuers, trustedIssuerKeys: parts.trustedIssuerKeys },
    clientKeySources: parts.clientKeySources,
    ...{ assertionSignatures: parts.assertionSignatures, assertionUses: store.assertionUses },
    manifests: store.manifests,
    backups: store.backups,
    slotViews: store.slotViews,
    auditTrail: store.auditTrail,
    catalogAdministration: store.catalogAdministration,
    adminKeys: store.adminKeys,
    operators: store.operators,
    sessions: store.sessions,
    ...{ signingKeys: store.signingKeys, signingKeyMaker: parts.signingKeys.maker },
    ...{ sessionVault: parts.sessionVault, passwords: createPasswords(parts.keys.derived) },
    ...{ failures: parts.failures, failedSignIns: createSignInThrottle(clock) },
    ...{ activity, measurements, reports: activity, events: activity.events },
    storeEvents: parts.events,
    health: parts.drain.healthOf(store),
    adminOrigin: () => gate.service.adminUrl,
    issuer: () => gate.service.issuer,
    tokens: () => gate.service.tokens,
    defaultAudience: config.audience,
    jwksMaxAgeSeconds: config.jwksMaxAgeSeconds,
    tokenLifetimeSeconds: config.tokenLifetimeSeconds,
    environment: config.environment,
    settings: config.settings,
    listener: config.adminListener,
    connectionCounts: adminConnections,
    trustedProxies: config.trustedProxies,
    console: overrides.consoleFolder === undefined ? consoleFolder() : folderOnDisk(overrides.consoleFolder),
    commandLine: commandLine(parts),
    mock: overrides.mock,
    version: VERSION,
    logger,
  })
}

/**
 * Returns the command line of this server for the console. It names the data folder only if the listener is only for
 * programs on this machine.
 */
function commandLine({ config, overrides }: ServerParts): string {
  const { host, behindProxy, publishedOn } = config.adminListener
  const isForThisMachine = isLoopback(host) && behindProxy !== true && publishedOn === undefined
  return (isForThisMachine ? overrides.commandLine : undefined) ?? 'latchkey'
}
