// Starts a server in steps: data folder, store, keys, feed, metrics, listeners, announcement. Also stops it.
import { rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Counters } from '../metrics/counters.ts'
import { timedSigner } from '../metrics/timed-signer.ts'
import type { Config } from '../config/config.ts'
import { createThrottle } from '../http/throttle.ts'
import { createAssertionSignatures } from '../keys/assertion-signatures.ts'
import { timedAssertionSignatures } from '../metrics/timed-assertion-signatures.ts'
import { openClientKeySources } from './client-key-sources.ts'
import { openTrustedIssuerKeys } from './trusted-issuer-keys.ts'
import { clientKeys } from '../keys/client-keys.ts'
import { createSecretVault } from '../keys/client-secrets.ts'
import { createSessionVault } from '../keys/session-vault.ts'
import { createSigner } from '../keys/signer.ts'
import type { Logger } from '../log.ts'
import type { Integrations } from '../ports/integrations.ts'
import { openDataFolder } from '../storage/data-folder.ts'
import { type OpenedStore, openStore } from '../storage/open-store.ts'
import { StoreMadeMeanwhile } from '../storage/postgres-store.ts'
import { systemClock, systemRandom } from '../system.ts'
import { adminListener } from './admin-listener.ts'
import { announce, type Announced } from './announce.ts'
import { scheduleRetention } from './audit-retention.ts'
import { bindListeners, type Urls, type Listeners } from './bind-listeners.ts'
import { Drain } from './drain.ts'
import { explainDatabase } from './explain/explain-database.ts'
import { explainDisk } from './explain/explain-disk.ts'
import { explainLocked } from './explain/explain-locked.ts'
import { loadStore, type LoadedStore } from './load-store.ts'
import { observe } from './observe.ts'
import { openKeys } from './open-keys.ts'
import { publicListener, serviceAt } from './public-listener.ts'
import type { ServerParts } from './server-parts.ts'
import { ServiceGate } from './service-gate.ts'
import type { Overrides, Start } from './start.ts'
import { startSigningKeys } from './start-signing-keys.ts'
import { storeEvents, tellTornTail } from './store-events/store-events.ts'
import { FeedStreams } from '../http/public/feed/feed-streams.ts'
import type { KeySet } from '../keys/key-set.ts'
import { removeServerFile } from '../config/server-file.ts'
import { closeServer } from './close-server.ts'
import type { Scheduler } from './signing-key-scheduler.ts'
import { proxyWarning } from '../config/proxy-warning.ts'

export { LookAlike } from '../storage/postgres/look-alikes.ts'

export interface RunningServer extends Urls, Announced {
  readonly integrations: Integrations
  /**
   * Drains for the configured delay. Then finishes the requests in flight, closes the store and releases both ports.
   */
  stop(): Promise<void>
  /** Resolves with the reason if the server must end. The process must then end with an error. */
  readonly failed: Promise<Error>
}

/**
 * Throws an Error whose message says what to do if the server cannot start, `LookAlike` if the database only looks like
 * PostgreSQL. Stops all parts of the failed start, so that it does not prevent the next start.
 */
export async function startServer(config: Config, logger: Logger, overrides: Overrides = {}): Promise<RunningServer> {
  try {
    const folder = openDataFolder(config.dataDir)
    const opened = await openStore(config.store, folder, overrides.databaseDeadlines)
    const start = { config, logger, overrides, folder, clock: overrides.clock ?? systemClock, random: systemRandom }
    return await startOn(opened, start).catch(async (cause: unknown) => {
      // If the store stayed open, its thread or its connections would keep the process alive and the store locked.
      await opened.abandon()
      if (!(cause instanceof StoreMadeMeanwhile)) throw cause
      // Another server has filled the new store first. So the store does not know the admin key that this server has
      // just written to its data folder.
      rmSync(folder.adminKeyFile, { force: true })
      return startServer(config, logger, overrides)
    })
  } catch (cause) {
    throw explainDatabase(explainDisk(explainLocked(cause, config.dataDir), config.dataDir))
  }
}

async function startOn(opened: OpenedStore, start: Start): Promise<RunningServer> {
  const { config, logger } = start
  if (opened.tornTail !== undefined) tellTornTail(opened.tornTail, logger)
  tellUntrustedProxy(config, logger)
  const parts = await wire(opened, start)
  const { store, events } = parts
  const listeners = { admin: adminListener(parts), public: publicListener(parts) }
  const retention = scheduleRetention(
    { auditTrail: store.auditTrail, clock: events.clock, logger },
    config.auditRetentionDays,
  )
  const schedulers = [parts.feed, parts.signingKeys.scheduler, retention]
  const stop = (delaySeconds: number): Promise<void> => stopServer({ ...parts, listeners, schedulers }, delaySeconds)
  try {
    await store.recordRaisedFloor()
    const urls = await bindListeners(listeners, config)
    // The routes open in the same turn of the event loop in which the public port was bound, so no request arrives
    // before the routes are open.
    parts.gate.open(serviceAt(urls, parts))
    const announced = await announce(urls, parts)
    const { integrations, failed } = store
    return { ...urls, ...announced, integrations, failed, stop: () => stop(config.shutdownDelaySeconds) }
  } catch (cause) {
    // The caller gets the reason of the failed start. An error during the stop must not replace this reason.
    await Promise.allSettled([stop(0)])
    throw cause
  }
}

/** Makes all parts that the listeners need. */
async function wire(opened: OpenedStore, start: Start): Promise<ServerParts> {
  const { config, logger, folder, clock, random } = start
  const keys = await openKeys(config.masterKey, folder.masterKeyFile, opened.canary)
  const vault = createSecretVault(keys.derived)
  const events = storeEvents(logger, clock)
  const counters = new Counters()
  const store = await loadStore(opened, start, { keys, vault, events, counters })
  const signingKeys = await startSigningKeys(config, store.signingKeys, {
    ...{ sealing: keys.sealing, clock, stepsBy: events.clock, logger },
  })
  const { keySet } = signingKeys
  const feed = createFeed(start, store, keySet)
  const { integrations, catalog, trustedIssuers } = store
  const signatures = timedAssertionSignatures(createAssertionSignatures(), clock, counters.assertionSeconds)
  const trustedIssuerKeys = openTrustedIssuerKeys({
    ...{ config, logger, clock, trustedIssuers, signatures },
    fetches: counters.keyFetches,
    mockIssuer: start.overrides.mock?.issuer,
  })
  const clientKeySources = openClientKeySources({
    ...{ config, logger, clock, credentials: store.credentials },
    mockIssuer: start.overrides.mock?.issuer,
  })
  const observed = observe(start, { store, keySet, feed, events, counters, trustedIssuerKeys })
  await observed.activity.begin(store.activityMinutes)
  return {
    ...start,
    ...{ keys, store, events, signingKeys, feed, observed },
    signer: timedSigner(createSigner(keySet, availableParallelism()), clock, counters.signingSeconds),
    creating: {
      ...{ integrations, catalog, trustedIssuers, vault, clientKeys, clock, random },
      secretReveal: config.secretReveal,
    },
    assertionSignatures: signatures,
    ...{ trustedIssuerKeys, clientKeySources },
    sessionVault: createSessionVault(keys.derived),
    failures: createThrottle(clock),
    gate: new ServiceGate(),
    drain: new Drain(),
  }
}

/**
 * The caller must first make `keySet` listen to the store: at a change of the keys, the feed sends the ids from
 * `keySet`.
 */
function createFeed({ clock, logger }: Start, store: LoadedStore, keySet: KeySet): FeedStreams {
  const { integrations, slotChanges, signingKeys } = store
  const kids = (): readonly string[] => keySet.jwks().keys.map(({ kid }) => kid)
  const feed = new FeedStreams({ changes: slotChanges, integrations, clock, logger, kids })
  signingKeys.onChange(() => {
    feed.tellKeys()
  })
  return feed
}

interface Stopping extends Pick<
  ServerParts,
  'clientKeySources' | 'config' | 'drain' | 'gate' | 'observed' | 'signer' | 'store' | 'trustedIssuerKeys'
> {
  readonly listeners: Listeners
  readonly schedulers: readonly Scheduler[]
}

/**
 * Serves all requests for `delaySeconds` more, then stops the server. Also stops a server whose start failed after its
 * parts were made.
 */
async function stopServer(stopping: Stopping, delaySeconds: number): Promise<void> {
  const { config, drain, gate, listeners, schedulers } = stopping
  await drain.begin(delaySeconds * 1000)
  for (const scheduler of schedulers) scheduler.stop()
  await Promise.all([closeServer(listeners.public), listeners.admin.close()])
  if (gate.isOpen) removeServerFile(config.dataDir, { pid: process.pid, admin_url: gate.service.adminUrl })
  stopping.trustedIssuerKeys.close()
  stopping.clientKeySources.close()
  await stopping.observed.activity.close()
  // All connections are closed, so no client can request a token any more.
  await stopping.signer.close()
  await stopping.store.close()
}

/** Logs a warning if a proxy hides the addresses of operators from the server. */
function tellUntrustedProxy(config: Config, logger: Logger): void {
  const warning = proxyWarning(config)
  if (warning === undefined) return
  const { setting, problem, cure } = warning
  logger.warn({ event: 'proxy.untrusted', setting }, `${setting} ${problem}. ${cure}`)
}
