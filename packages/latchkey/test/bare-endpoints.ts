// Calls the public endpoints as plain functions. The endpoints use a store with a simulated disk. The test can read the
// log of the endpoints.
import { issuerKeysOf } from './a-platform.ts'
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import { Counters } from '../src/metrics/counters.ts'
import { ServerActivity } from '../src/metrics/server-activity.ts'
import { SYSTEM } from '../src/domain/audit-event.ts'
import { MODEL, PREDICT, REFERENCE_APIS, REFERENCE_SCOPES } from '../src/domain/reference-catalog.ts'
import { NO_BODY, PublicRequest, readTarget } from '../src/http/public/public-request.ts'
import { answerOf, type PublicResponse } from '../src/http/public/public-response.ts'
import { FeedStreams } from '../src/http/public/feed/feed-streams.ts'
import { publicRoutes } from '../src/http/public/routes.ts'
import { trustedProxyList } from '../src/http/requester.ts'
import { createThrottle } from '../src/http/throttle.ts'
import { faultAnswers } from '../src/http/fault.ts'
import { createAssertionSignatures } from '../src/keys/assertion-signatures.ts'
import { clientKeys } from '../src/keys/client-keys.ts'
import { createSecretVault } from '../src/keys/client-secrets.ts'
import { createSigner } from '../src/keys/signer.ts'
import { createTokenSignatures } from '../src/keys/token-signatures.ts'
import { createIntegration } from '../src/operations/create-integration.ts'
import type { Disk, Write } from '../src/rows/disk.ts'
import { runEmbeddedStore } from '../src/storage/embedded-store.ts'
import { systemRandom } from '../src/system.ts'
import { TestClock } from './a-server.ts'
import { TEST_AUDIT_MAC, TEST_BACKUP_SEALING, TEST_ROW_SEAL } from './a-store.ts'
import { SimulatedDisk } from './history/simulated-disk.ts'
import { noKeySources } from './no-key-sources.ts'
import { aKeySet, ISSUER, NOW, someDerivedKeys } from './unit/keys/a-key-set.ts'

export interface BareRequest {
  readonly method?: string
  /** The path below the issuer, with its query. */
  readonly path: string
  readonly headers?: readonly (readonly [name: string, value: string])[]
  readonly body?: string
}

export interface BareAnswer extends Pick<PublicResponse, 'status' | 'headers'> {
  /** The body. Empty if the answer has no body. */
  readonly body: string
}

const bareAnswer = ({ status, headers, content }: PublicResponse): BareAnswer => ({
  ...{ status, headers },
  body: content?.text ?? '',
})

/** A disk whose commits succeed at once, until the test makes it hold a commit. */
export class HeldDisk implements Disk {
  readonly #simulated = SimulatedDisk.blank()
  #isHeld = false
  #underWay: () => void = () => undefined
  #back = Promise.resolve()
  #comeBack: () => void = () => undefined

  commit(writes: readonly Write[]): Promise<void> {
    const done = this.#simulated.commit(writes)
    if (this.#isHeld) this.#underWay()
    else this.#simulated.sync()
    return done
  }

  read: Disk['read'] = (...read) => this.#simulated.read(...read)
  close: Disk['close'] = () => this.#simulated.close()
  abandon: Disk['abandon'] = () => this.#simulated.abandon()

  /** Resolves when the disk works again. */
  recover(): Promise<void> {
    return this.#back
  }

  /** Makes the disk hold commits from now on. Resolves once the disk holds a commit. */
  hold(): Promise<void> {
    this.#isHeld = true
    return new Promise((resolve) => {
      this.#underWay = resolve
    })
  }

  /** Lets the held commit and all later commits succeed. */
  release(): void {
    this.#isHeld = false
    this.#simulated.sync()
  }

  /** Fails the held commit, whose writes may have reached the disk, and makes the disk unavailable. */
  fail(outcome: 'written' | 'lost'): void {
    this.#back = new Promise((resolve) => {
      this.#comeBack = resolve
    })
    this.#simulated.fail(outcome)
  }

  comeBack(): void {
    this.#isHeld = false
    this.#comeBack()
  }
}

export async function bareEndpoints() {
  const disk = new HeldDisk()
  const clock = new TestClock(NOW)
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line) => void lines.push(line) })
  const firstContents = {
    scopes: REFERENCE_SCOPES.map((scope) => ({ ...scope, audience: null })),
    apis: REFERENCE_APIS.map((api, index) => ({ ...api, id: `api_${String(index)}`, version: 1 })),
    signingKeys: [],
    adminKeys: [],
  }
  const store = await runEmbeddedStore(disk, {
    clock,
    auditMac: TEST_AUDIT_MAC,
    backupSealing: TEST_BACKUP_SEALING,
    rowSeal: TEST_ROW_SEAL,
    defaultAudience: 'api://default',
    firstContents,
  })
  const { integrations, secrets, catalog, assertionUses, trustedIssuers } = store
  const assertionSignatures = createAssertionSignatures()
  const vault = createSecretVault(someDerivedKeys())
  const keySet = await aKeySet('ES256')
  const signer = createSigner(keySet, 2)
  onTestFinished(() => signer.close())
  const signatures = createTokenSignatures({ keySet, issuer: ISSUER, cacheSize: 100 })
  const slots = store.slots({ signer, issuer: ISSUER, lifetimeSeconds: 3600, random: systemRandom })
  const faultAnswer = faultAnswers(logger)
  const activity = new ServerActivity({
    counters: new Counters(),
    clock,
    integrations,
    audit: store.auditTrail,
    logger,
  })
  const feed = new FeedStreams({
    ...{ integrations, clock, logger, changes: store.slotChanges },
    kids: () => keySet.jwks().keys.map(({ kid }) => kid),
  })
  const route = publicRoutes({
    activity,
    feed,
    integrations,
    secrets,
    catalog,
    slots,
    signatures,
    assertionUses,
    clientKeySources: noKeySources(),
    ...{ assertionSignatures, trustedIssuers, trustedIssuerKeys: issuerKeysOf(store, assertionSignatures) },
    vault,
    clock,
    logger,
    issuer: ISSUER,
    health: store,
    adminUrl: 'http://127.0.0.1:8081',
    jwks: () => keySet.document(),
    jwksMaxAgeSeconds: 300,
    trustedProxies: trustedProxyList([]),
    failures: createThrottle(clock),
  })

  /** Calls the endpoint as the listener does, without a socket. */
  async function answerTo(url: string, { method = 'POST', headers = [], body }: BareRequest): Promise<BareAnswer> {
    const target = readTarget(url)
    const { handler } = route(target.path)
    const request = new PublicRequest({
      method,
      target,
      rawHeaders: headers.flat(),
      remoteAddress: '192.0.2.7',
      body: body === undefined ? NO_BODY : Buffer.from(body),
    })
    try {
      const answer = await answerOf(handler, request)
      if ('begin' in answer) throw new Error('a stream needs a socket')
      return bareAnswer(answer)
    } catch (cause) {
      return bareAnswer(faultAnswer(cause, request.id))
    }
  }

  return {
    ask: (request: BareRequest) => answerTo(`${new URL(ISSUER).pathname}${request.path}`, request),
    probe: (path: '/livez' | '/readyz') => answerTo(path, { method: 'GET', path }),
    disk,
    clock,
    integrations,
    auditTrail: store.auditTrail,
    activity,
    /** All log lines as text. */
    log: () => lines.join(''),
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    /** Creates an integration for both scopes. Returns its ID, its secret and its Authorization header. */
    integration: async () => {
      const ports = {
        integrations,
        catalog,
        vault,
        clock,
        random: systemRandom,
        clientKeys,
        trustedIssuers: store.trustedIssuers,
        secretReveal: 'never',
      } as const
      const wanted = { name: 'Billing sync', resourceServerFor: [PREDICT], scopes: [PREDICT, MODEL] }
      const created = await createIntegration(ports, SYSTEM, wanted)
      if (!created.ok) throw new Error(created.refusal.reason)
      const { integration, clientSecret = new Secret('') } = created.value
      const { clientId } = integration.state.integration
      const basic = ['Authorization', toBasicCredentials(clientId, clientSecret)] as const
      return { clientId, clientSecret: new Secret(clientSecret.reveal()), basic }
    },
  }
}

/** Returns the value of one header of an answer. `name` is case-sensitive. */
export function valueOf({ headers }: BareAnswer, name: string): string | undefined {
  const place = headers.indexOf(name)
  return place < 0 ? undefined : headers[place + 1]
}
