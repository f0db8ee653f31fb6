// Wires a server, starts it and stops it.
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Secret } from '@latchkey/protocol'
import { Counters } from '../activity/counters.ts'
import { metricFamilies } from '../activity/metric-families.ts'
import { prometheusMeasurements } from '../activity/prometheus.ts'
import { ServerActivity } from '../activity/server-activity.ts'
import { isStoreUp } from '../activity/store-up.ts'
import { timedSigner } from '../activity/timed-signer.ts'
import { type Config, listenerUrl } from '../config/config.ts'
import { writeServerFile } from '../config/server-file.ts'
import { createAdminListener } from '../http/admin/admin-listener.ts'
import { MOCK_MARK } from '../http/admin/mock/mock-rules.ts'
import type { Logger } from '../log.ts'
import { withFaults } from '../http/public/faults.ts'
import { createPublicListener, type ListenerTimeouts } from '../http/public/public-listener.ts'
import { FeedStreams } from '../http/public/feed/feed-streams.ts'
import { publicRoutes, STARTING } from '../http/public/routes.ts'
import { trustedProxyList } from '../http/requester.ts'
import { createSignInThrottle } from '../http/sign-in-throttle.ts'
import { createThrottle } from '../http/throttle.ts'
import { createAuditMac } from '../keys/audit-mac.ts'
import { createBackupSealing } from '../keys/backup-sealing.ts'
import { createSecretVault } from '../keys/client-secrets.ts'
import { createRowSeal } from '../keys/row-seal.ts'
import { createPasswords } from '../keys/passwords.ts'
import { createSessionVault } from '../keys/session-vault.ts'
import { createSigner } from '../keys/signer.ts'
import { createTokenSignatures } from '../keys/token-signatures.ts'
import type { CreateIntegrationPorts } from '../operations/create-integration.ts'
import type { VerifyTokenPorts } from '../operations/verify-token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { MockControls } from '../ports/mock-controls.ts'
import { StoreUnavailable } from '../ports/store.ts'
import { keepAuditTrail } from './audit-retention.ts'
import { createDemo, type Demo } from './demo.ts'
import { connectionCounts } from './connection-counts.ts'
import { Departure } from './departure.ts'
import { explainDatabase } from './explain-database.ts'
import { explainDisk } from './explain-disk.ts'
import { explainLocked } from './explain-locked.ts'
import { firstOwnerLink } from './first-owner-link.ts'
import { firstContents } from './first-contents.ts'
import { listen } from './listen.ts'
import { openKeys } from './open-keys.ts'
import { startSigningKeys } from './signing-keys.ts'
import { stopAll } from './stop.ts'
import { storeNews, tellTornTail } from './store-news.ts'
import { tellUntrustedProxy } from './untrusted-proxy.ts'
import { type DataFolder, openDataFolder } from '../storage/data-folder.ts'
import type { Store } from '../adapters/assemble-store.ts'
import { type OpenedStore, openStore } from '../storage/open-store.ts'
import type { Deadlines } from '../storage/postgres/deadlines.ts'
import { StoreMadeMeanwhile } from '../storage/postgres-store.ts'
import { systemClock, systemRandom } from '../system.ts'
import { VERSION } from '../version.ts'

export interface RunningServer {
  readonly publicUrl: string
  readonly adminUrl: string
  readonly issuer: string
  readonly integrations: Integrations
  /** What the first start made; undefined at later ones. */
  readonly firstStart: FirstStart | undefined
  /** Lets the first owner in, once, for an hour; undefined when there is one. */
  readonly setUpLink: Secret | undefined
  /** Of other servers that run on the same database, where they are not this one's. */
  readonly otherIssuers: readonly string[]
  /** After the configured delay: finishes what is in flight, closes the store cleanly and lets go of both ports. */
  stop(): Promise<void>
  /** Resolves with the reason when the server must not go on: the process is to end with an error. */
  readonly failed: Promise<Error>
}

export interface FirstStart {
  readonly demo: Demo | undefined
  readonly adminKeyFile: string
}

export interface Overrides {
  readonly clock?: Clock
  readonly timeouts?: ListenerTimeouts
  readonly consoleFolder?: string
  readonly databaseDeadlines?: Deadlines
  /** Makes it a mock: each answer says so, and the admin listener has the routes that steer it. */
  readonly mock?: MockControls
}

/** Where the build leaves the console, seen from this file before and after its own build. */
const CONSOLE_FOLDER = fileURLToPath(new URL('../../dist/console', import.meta.url))

/** How many good signatures are remembered. */
const SIGNATURE_CACHE = 50_000

/**
 * Throws an Error whose message says what to do when the server cannot start. Then nothing of it goes on, and nothing
 * that is half done stands in the way of the next start.
 */
export async function startServer(config: Config, logger: Logger, overrides: Overrides = {}): Promise<RunningServer> {
  try {
    const folder = openDataFolder(config.dataDir)
    const opened = await openStore(config.store, folder, overrides.databaseDeadlines)
    return await serveFrom(opened, folder, { config, logger, overrides }).catch(async (cause: unknown) => {
      // Its thread or its connections would keep the process alive, and a lock with it.
      await opened.abandon()
      if (!(cause instanceof StoreMadeMeanwhile)) throw cause
      // The key that was just made for this folder is on no record.
      rmSync(folder.adminKeyFile, { force: true })
      return startServer(config, logger, overrides)
    })
  } catch (cause) {
    throw explainDatabase(explainDisk(explainLocked(cause, config.dataDir), config.dataDir))
  }
}

function whileStarting(): never {
  throw new StoreUnavailable('the server is starting')
}

interface Start {
  readonly config: Config
  readonly logger: Logger
  readonly overrides: Overrides
}

async function serveFrom(opened: OpenedStore, folder: DataFolder, start: Start): Promise<RunningServer> {
  const { config, logger, overrides } = start
  if (opened.tornTail !== undefined) tellTornTail(opened.tornTail, logger)
  tellUntrustedProxy(config, logger)
  const clock = overrides.clock ?? systemClock
  const random = systemRandom
  const keys = await openKeys(config.masterKey, folder.masterKeyFile, opened.canary)
  const vault = createSecretVault(keys.derived)
  const counters = new Counters()
  const news = storeNews(logger, clock)
  const store = await opened.start({
    clock,
    onCommit: (milliseconds) => {
      counters.commitSeconds.observe(milliseconds / 1000)
    },
    onUnanswered: () => {
      counters.commitsUnanswered++
    },
    ...news.listeners,
    auditMac: createAuditMac(keys.derived),
    backupSealing: createBackupSealing(keys.derived),
    rowSeal: createRowSeal(keys.derived),
    defaultAudience: config.audience,
    ...(opened.canary === undefined && {
      firstContents: await firstContents(config, keys, folder.adminKeyFile, { vault, clock, random }),
    }),
  })
  if (config.secretReveal === 'never') await store.eraseSealedSecrets()
  const { ring, maker: signingKeyMaker, keeper } = await startSigningKeys(config, store.signingKeys, { sealing: keys.sealing, clock, stepsBy: news.clock, logger }) // prettier-ignore
  const { integrations, secrets, slotViews, auditTrail, catalog, adminKeys } = store
  const feed = new FeedStreams({
    ...{ integrations, clock, logger, changes: store.slotChanges },
    kids: () => ring.jwks().keys.map(({ kid }) => kid),
  })
  // The ring follows the store too, and was there first.
  store.signingKeys.onChange(() => {
    feed.tellKeys()
  })
  const activity = new ServerActivity({ counters, clock, integrations, audit: auditTrail, logger })
  const { publicConnections, adminConnections } = connectionCounts(logger)
  const measurements = prometheusMeasurements(
    metricFamilies({
      ...{ activity, clock, feed, version: VERSION },
      isStoreUp: () => isStoreUp(store),
      liveByScope: (now) => slotViews.liveByScope(now),
      signingKeySince: () => ring.current.record.createdAt,
      databaseClockOffset: news.databaseClockOffset,
      connections: [publicConnections, adminConnections],
    }),
  )
  const creating: CreateIntegrationPorts = {
    integrations,
    catalog,
    vault,
    clock,
    random,
    secretReveal: config.secretReveal,
  }

  const sessionVault = createSessionVault(keys.derived)
  let adminUrl = ''
  let issuer = ''
  let tokens: Pick<VerifyTokenPorts, 'slots' | 'signatures'> | undefined
  const failures = createThrottle(clock)
  const departure = new Departure()
  const health = departure.healthOf(store)
  const admin = createAdminListener({
    ...creating,
    secrets,
    setUp: store.setUp,
    backups: store.backups,
    defaultAudience: config.audience,
    slotViews,
    auditTrail,
    catalogAdministration: store.catalogAdministration,
    adminKeys,
    ...{ operators: store.operators, sessions: store.sessions, sessionVault },
    passwords: createPasswords(keys.derived),
    failedSignIns: createSignInThrottle(clock),
    adminOrigin: () => adminUrl,
    issuer: () => issuer,
    ...{ activity, failures },
    tokens: () => tokens ?? whileStarting(),
    consoleFolder: overrides.consoleFolder ?? CONSOLE_FOLDER,
    ...{ signingKeys: store.signingKeys, signingKeyMaker },
    jwksMaxAgeSeconds: config.jwksMaxAgeSeconds,
    tokenLifetimeSeconds: config.tokenLifetimeSeconds,
    news,
    settings: config.settings,
    health,
    reports: activity,
    events: activity.events,
    measurements,
    version: VERSION,
    logger,
    listener: config.adminListener,
    connectionCounts: adminConnections,
    trustedProxies: config.trustedProxies,
    mock: overrides.mock,
  })
  // The log hears of what is recorded from here on.
  await store.recordRaisedFloor()
  const { tls } = config.publicListener
  const publicServer = createPublicListener({
    route: (path) => route(path),
    ...{ logger, isLeaving: () => departure.endsConnections(publicServer), counts: publicConnections },
    ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key.reveal() } }),
    ...(overrides.timeouts !== undefined && { timeouts: overrides.timeouts }),
    ...(overrides.mock !== undefined && { extraHeaders: [MOCK_MARK.name, MOCK_MARK.value] }),
  })
  const keepers = [feed, keeper, keepAuditTrail({ auditTrail, clock: news.clock, logger }, config.auditRetentionDays)]
  const stop = async (delaySeconds: number): Promise<void> => {
    await departure.begin(delaySeconds * 1000)
    await stopAll({ publicServer, admin, keepers, activity, store, dataDir: config.dataDir, adminUrl })
  }

  // Both ports are bound before either answers: the issuer is not known before the public one is.
  let route: ReturnType<typeof publicRoutes> = () => STARTING
  try {
    await admin.ready()
    const adminPort = await listen(admin.server, config.adminListener.host, config.adminListener.port, 'LATCHKEY_ADMIN_PORT') // prettier-ignore
    const publicPort = await listen(publicServer, config.publicListener.host, config.publicListener.port, 'LATCHKEY_PORT') // prettier-ignore
    adminUrl = listenerUrl(config.adminListener, adminPort)
    const publicUrl = config.publicUrl ?? listenerUrl(config.publicListener, publicPort)
    issuer = config.issuerFor(publicUrl)
    const signer = timedSigner(createSigner(ring), clock, counters.signingSeconds)
    const slots = store.slots({ signer, issuer, lifetimeSeconds: config.tokenLifetimeSeconds, random })
    const signatures = createTokenSignatures({ ring, issuer, cacheSize: SIGNATURE_CACHE })
    tokens = { slots, signatures }
    const routes = publicRoutes({
      ...{ integrations, secrets, catalog, slots, signatures, vault, clock, logger },
      ...{ issuer, adminUrl, activity, feed, health },
      jwks: () => ring.document(),
      jwksMaxAgeSeconds: config.jwksMaxAgeSeconds,
      trustedProxies: trustedProxyList(config.trustedProxies),
      failures,
    })
    const { mock } = overrides
    route = mock === undefined ? routes : withFaults(routes, { issuer, faults: mock.faults, now: () => clock.now() })
    writeServerFile(config.dataDir, { pid: process.pid, admin_url: adminUrl, public_url: publicUrl })
    const firstStart =
      store.isNew && existsSync(folder.adminKeyFile) ? await introduce(store, creating, { config, folder }) : undefined
    const setUpLink = await firstOwnerLink({ operators: store.operators, sessionVault, clock, logger }, adminUrl)
    const { failed } = store
    await store.announce(issuer)
    return {
      publicUrl,
      adminUrl,
      issuer,
      integrations,
      firstStart,
      setUpLink,
      failed,
      otherIssuers: news.otherIssuers(),
      stop: () => stop(config.shutdownDelaySeconds),
    }
  } catch (cause) {
    // What hindered the start is what is told, not what hinders its end.
    await Promise.allSettled([stop(0)])
    throw cause
  }
}

/** A start that failed before this, since a port was taken for example, has not used up the introduction. */
async function introduce(
  store: Store,
  ports: CreateIntegrationPorts,
  { config, folder }: { readonly config: Config; readonly folder: DataFolder },
): Promise<FirstStart> {
  const demo = config.demo ? await createDemo(ports) : undefined
  await store.markIntroduced()
  return { demo, adminKeyFile: folder.adminKeyFile }
}
