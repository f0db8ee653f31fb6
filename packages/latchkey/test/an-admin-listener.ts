// The admin listener over a real store in a temporary folder, with an admin key for every role. Tests call it without
// sockets.
import { issuerKeysOf } from './a-platform.ts'
import { createAssertionSignatures } from '../src/keys/assertion-signatures.ts'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { Secret } from '@latchkey/protocol'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import { Counters } from '../src/metrics/counters.ts'
import { metricFamilies } from '../src/metrics/metric-families.ts'
import { prometheusMeasurements } from '../src/metrics/prometheus.ts'
import { ServerActivity } from '../src/metrics/server-activity.ts'
import { isStoreUp } from '../src/metrics/store-up.ts'
import { REFERENCE_APIS, REFERENCE_SCOPES } from '../src/domain/reference-catalog.ts'
import type { AdminServer } from '../src/http/admin/admin-server.ts'
import { createSignInThrottle } from '../src/http/sign-in-throttle.ts'
import { createAdminListener } from '../src/http/admin/admin-listener.ts'
import { createThrottle } from '../src/http/throttle.ts'
import { createAuditMac } from '../src/keys/audit-mac.ts'
import { createBackupSealing } from '../src/keys/backup-sealing.ts'
import { createRowSeal } from '../src/keys/row-seal.ts'
import { createPasswords } from '../src/keys/passwords.ts'
import { createSessionVault } from '../src/keys/session-vault.ts'
import { clientKeys } from '../src/keys/client-keys.ts'
import { createSecretVault } from '../src/keys/client-secrets.ts'
import { deriveKeys } from '../src/keys/derived-keys.ts'
import { MasterKey } from '../src/keys/master-key.ts'
import { Sealing } from '../src/keys/sealing.ts'
import { createSigningKeyMaker } from '../src/keys/signing-keys.ts'
import type { AdminRole } from '../src/domain/admin-role.ts'
import { folderOnDisk } from '../src/program-files.ts'
import { StoreUnavailable } from '../src/ports/store.ts'
import { openDataFolder } from '../src/storage/data-folder.ts'
import { lockEmbeddedStore } from '../src/storage/embedded-store.ts'
import { systemClock, systemRandom } from '../src/system.ts'
import { someCounts } from './some-counts.ts'
import { noKeySources } from './no-key-sources.ts'

export const HOST = '127.0.0.1:8081'

/** One key for each role, one owner's key for loopback only, and one expired owner's key. */
type KeyName = AdminRole | 'local' | 'expired'

export interface TestAdminListener {
  readonly keys: Readonly<Record<KeyName, string>>
  /** Sends a request, by default with the owner's key and the right Host. A header that is undefined is left out. */
  readonly ask: (request: TestRequest) => Promise<LightMyRequestResponse>
  /** Builds the listener. It is not ready before the first request. */
  readonly app: AdminServer
  /** The text of the log up to now. */
  readonly log: () => string
  /** Closes the store. From then on, the listener finds it unavailable. */
  readonly closeStore: () => Promise<void>
  readonly stop: () => Promise<void>
}

type TestRequest = Omit<InjectOptions, 'headers'> & { readonly headers?: Readonly<Record<string, string | undefined>> }

/** Makes a listener. It is stopped after the running test. */
export async function anAdminListener(): Promise<TestAdminListener> {
  const admin = await startAdminListener()
  onTestFinished(() => admin.stop())
  return admin
}

/** Makes a listener for a whole test file. The caller stops it. */
export async function startAdminListener(): Promise<TestAdminListener> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const keys = { owner: aKey(), editor: aKey(), viewer: aKey(), local: aKey(), expired: aKey() }
  const derived = deriveKeys(new MasterKey(randomBytes(32)))
  const vault = createSecretVault(derived)
  const maker = createSigningKeyMaker('ES256', { sealing: new Sealing(derived.keySealing), clock: systemClock })
  const locked = await lockEmbeddedStore(openDataFolder(folder).storeFile)
  const store = await locked.start({
    clock: systemClock,
    auditMac: createAuditMac(derived),
    backupSealing: createBackupSealing(derived),
    rowSeal: createRowSeal(derived),
    defaultAudience: 'api://default',
    firstContents: {
      scopes: REFERENCE_SCOPES.map((scope) => ({ ...scope, audience: null })),
      apis: REFERENCE_APIS.map((api, index) => ({ ...api, id: `api_${String(index)}`, version: 1 })),
      signingKeys: [await maker.make('signing')],
      adminKeys: (Object.keys(keys) as KeyName[]).map((name) => ({
        id: `adk_${name}`,
        name,
        role: name === 'local' || name === 'expired' ? 'owner' : name,
        hash: vault.hash(new Secret(keys[name])),
        loopbackOnly: name === 'local',
        createdAt: systemClock.now(),
        expiresAt: name === 'expired' ? systemClock.now() : undefined,
        revokedAt: undefined,
      })),
    },
  })
  const lines: string[] = []
  const collector = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString())
      done()
    },
  })
  const logger = pino(collector)
  const { integrations, slotViews, auditTrail } = store
  const activity = new ServerActivity({
    counters: new Counters(),
    clock: systemClock,
    integrations,
    audit: auditTrail,
    logger,
  })
  const app = createAdminListener({
    reports: activity,
    events: activity.events,
    measurements: prometheusMeasurements(
      metricFamilies({
        ...{ activity, clock: systemClock, version: '1.2.3' },
        feed: { subscribers: 0, lagSeconds: 0 },
        isStoreUp: () => isStoreUp(store),
        liveByScope: (now) => slotViews.liveByScope(now),
        signingKeySince: () => systemClock.now(),
        databaseClockOffset: () => undefined,
        connections: [],
        keySources: () => [],
      }),
    ),
    integrations: store.integrations,
    secrets: store.secrets,
    credentials: store.credentials,
    trustedIssuers: store.trustedIssuers,
    trustedIssuerKeys: issuerKeysOf(store, createAssertionSignatures()),
    assertionSignatures: createAssertionSignatures(),
    assertionUses: store.assertionUses,
    clientKeys,
    clientKeySources: noKeySources(),
    manifests: store.manifests,
    backups: store.backups,
    defaultAudience: 'api://default',
    slotViews: store.slotViews,
    auditTrail: store.auditTrail,
    catalog: store.catalog,
    catalogAdministration: store.catalogAdministration,
    adminKeys: store.adminKeys,
    operators: store.operators,
    sessions: store.sessions,
    connectionCounts: someCounts(),
    issuer: () => 'https://auth.example.com/oauth2/ausao8uveaPmyhv0v357',
    sessionVault: createSessionVault(derived),
    passwords: createPasswords(derived),
    failedSignIns: createSignInThrottle(systemClock),
    adminOrigin: () => `http://${HOST}`,
    console: folderOnDisk(folder),
    signingKeys: store.signingKeys,
    signingKeyMaker: maker,
    jwksMaxAgeSeconds: 300,
    tokenLifetimeSeconds: 3600,
    settings: [],
    commandLine: "LATCHKEY_DATA_DIR='/srv/auth' latchkey",
    mock: undefined,
    ...{ activity, failures: createThrottle(systemClock) },
    tokens: () => {
      throw new StoreUnavailable('no token is issued here')
    },
    vault,
    clock: systemClock,
    random: systemRandom,
    secretReveal: 'operators',
    environment: { name: 'Staging', color: 'orange' },
    storeEvents: { databaseClockOffset: () => undefined, otherIssuers: () => [] },
    health: store,
    version: '1.2.3',
    logger,
    listener: { host: '127.0.0.1', port: 8081 },
    trustedProxies: [],
  })
  let closed: Promise<void> | undefined
  const closeStore = () => (closed ??= store.close())
  return {
    keys,
    app,
    ask: ({ headers, ...request }) => {
      const all: Readonly<Record<string, string | undefined>> = {
        host: HOST,
        authorization: `Bearer ${keys.owner}`,
        ...headers,
      }
      const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)
      return complete(app, { ...request, headers: Object.fromEntries(given) })
    },
    log: () => lines.join(''),
    closeStore,
    stop: async () => {
      await app.close()
      await closeStore()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An answer that never ends, such as an event stream, counts as complete after its head. */
async function complete(app: AdminServer, request: InjectOptions): Promise<LightMyRequestResponse> {
  if (request.url !== '/admin/v1/events') return app.inject(request)
  const begun = await app.inject({ ...request, payloadAsStream: true })
  begun.stream().destroy()
  return begun.statusCode === 200 ? begun : app.inject(request)
}

const aKey = (): string => `lka_${randomBytes(32).toString('base64url')}`
