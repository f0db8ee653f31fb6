// Puts the server together: the only file that knows every adapter.
import { type Config, listenerUrl } from './config/config.ts'
import { writeServerFile } from './config/server-file.ts'
import { createAdminListener } from './http/admin/listener.ts'
import type { Logger } from './log.ts'
import { createPublicListener, type ListenerTimeouts } from './http/public/public-listener.ts'
import { publicRoutes, STARTING } from './http/public/routes.ts'
import { trustedProxyList } from './http/requester.ts'
import { createSecretVault } from './keys/client-secrets.ts'
import { createSigner } from './keys/signer.ts'
import { createTokenSignatures } from './keys/token-signatures.ts'
import type { CreateIntegrationPorts } from './operations/create-integration.ts'
import type { Clock } from './ports/clock.ts'
import type { Integrations } from './ports/integrations.ts'
import { createDemo, type Demo } from './start/demo.ts'
import { explainLocked } from './start/explain-locked.ts'
import { firstContents } from './start/first-contents.ts'
import { listen } from './start/listen.ts'
import { openKeys } from './start/open-keys.ts'
import { openKeyRing } from './start/signing-keys.ts'
import { stopAll } from './start/stop.ts'
import { openDataFolder } from './storage/data-folder.ts'
import { lockEmbeddedStore } from './storage/embedded/embedded-store.ts'
import { systemClock, systemRandom } from './system.ts'
import { VERSION } from './version.ts'

export interface RunningServer {
  readonly publicUrl: string
  readonly adminUrl: string
  readonly issuer: string
  readonly integrations: Integrations
  /** What the first start made; undefined at later ones. */
  readonly firstStart: FirstStart | undefined
  /** Finishes what is in flight, closes the store cleanly and lets go of both ports. */
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
}

/** How many good signatures are remembered. */
const SIGNATURE_CACHE = 50_000

/** Throws an Error whose message says what to do when the server cannot start; nothing is changed then. */
export async function startServer(config: Config, logger: Logger, overrides: Overrides = {}): Promise<RunningServer> {
  const clock = overrides.clock ?? systemClock
  const random = systemRandom
  const folder = openDataFolder(config.dataDir)
  const locked = await lockEmbeddedStore(folder.storeFile).catch((cause: unknown) => {
    throw explainLocked(cause, config.dataDir)
  })
  const keys = await openKeys(config.masterKey, folder.masterKeyFile, locked.canary).catch(async (cause: unknown) => {
    await locked.abandon()
    throw cause
  })
  const vault = createSecretVault(keys.derived)
  const isFirst = locked.canary === undefined
  const store = await locked.start({
    clock,
    defaultAudience: config.audience,
    ...(isFirst && { firstContents: await firstContents(config, keys, folder.adminKeyFile, { vault, clock, random }) }),
  })
  if (config.secretReveal === 'never') await store.eraseSealedSecrets()
  const ring = await openKeyRing(config, store.signingKeys, { sealing: keys.sealing, clock })
  const { integrations, catalog, adminKeys } = store
  const creating: CreateIntegrationPorts = {
    integrations,
    catalog,
    vault,
    clock,
    random,
    secretReveal: config.secretReveal,
  }

  const admin = createAdminListener({
    ...creating,
    adminKeys,
    health: store,
    version: VERSION,
    logger,
    listener: config.adminListener,
  })
  await admin.ready()
  const { tls } = config.publicListener
  const publicServer = createPublicListener({
    route: (path) => route(path),
    logger,
    ...(tls !== undefined && { tls: { cert: tls.cert, key: tls.key.reveal() } }),
    ...(overrides.timeouts !== undefined && { timeouts: overrides.timeouts }),
  })
  const stop = () => stopAll({ publicServer, admin, store, dataDir: config.dataDir })

  // Both ports are bound before either answers: the issuer is not known before the public one is.
  let route: ReturnType<typeof publicRoutes> = () => STARTING
  try {
    const adminPort = await listen(admin.server, config.adminListener.host, config.adminListener.port, 'LATCHKEY_ADMIN_PORT') // prettier-ignore
    const publicPort = await listen(publicServer, config.publicListener.host, config.publicListener.port, 'LATCHKEY_PORT') // prettier-ignore
    const adminUrl = listenerUrl(config.adminListener, adminPort)
    const publicUrl = config.publicUrl ?? listenerUrl(config.publicListener, publicPort)
    const issuer = config.issuerFor(publicUrl)
    const signer = createSigner(ring)
    const slots = store.slots({ signer, issuer, lifetimeSeconds: config.tokenLifetimeSeconds, random })
    const signatures = createTokenSignatures({ ring, issuer, cacheSize: SIGNATURE_CACHE })
    route = publicRoutes({
      ...{ integrations, catalog, slots, signatures, vault, clock, logger, issuer, adminUrl },
      health: store,
      jwks: () => ring.document(),
      trustedProxies: trustedProxyList(config.trustedProxies),
    })
    writeServerFile(config.dataDir, { pid: process.pid, admin_url: adminUrl, public_url: publicUrl })
    const demo = isFirst && config.demo ? await createDemo(creating) : undefined
    const firstStart = isFirst ? { demo, adminKeyFile: folder.adminKeyFile } : undefined
    return { publicUrl, adminUrl, issuer, integrations, firstStart, stop, failed: store.failed }
  } catch (cause) {
    await stop()
    throw cause
  }
}
