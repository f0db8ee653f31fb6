// A server on each engine for wrong assertions: its clock stands still, its signing key is known to the test, and the
// test reads the reason of each refusal from its log.
import { createPublicKey, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../../e2e/free-port.ts'
import { has } from '../../../../scripts/programs.mjs'
import type { PublicJwk } from '../../src/domain/credential.ts'
import { thumbprintOf } from '../../src/keys/thumbprint.ts'
import { startTestServer, TestClock, type TestServer } from '../a-server.ts'
import type { Json, TestKey } from '../client-assertions.ts'
import { signingKeyOf, signingKeyOfDatabase } from '../opened-store.ts'
import { SHARED_MASTER_KEY, startFleet } from '../postgres/replicas.ts'
import { ask, under } from '../raw-http.ts'
import { type Case, form, type Make, type Request } from './scene.ts'

export interface RefusingServer {
  readonly server: TestServer
  /** The time of the server, in seconds. Every assertion is signed at this time. */
  readonly now: number
  /** The key with which the server signs its access tokens. */
  readonly serverKey: TestKey
  /** Returns the reason of the last refusal in the log, once. Undefined if there was none since the last call. */
  takeReason(): unknown
  stop(): Promise<void>
}

/** The host of the issuer has letters, so that a test can write it in capitals. */
const PUBLIC_URL = 'http://localhost:1'

const REFUSALS = ['auth.denied', 'auth.throttled', 'request.refused']

function aLog() {
  let last: unknown
  return {
    logged: ({ event, reason }: Readonly<Record<string, unknown>>): void => {
      if (REFUSALS.includes(String(event))) last = reason
    },
    takeReason: (): unknown => {
      const taken = last
      last = undefined
      return taken
    },
  }
}

async function onEmbeddedStore(): Promise<RefusingServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const clock = new TestClock()
  const { logged, takeReason } = aLog()
  const env = { LATCHKEY_DATA_DIR: dataDir, LATCHKEY_PUBLIC_URL: PUBLIC_URL, LATCHKEY_PORT: String(await freePort()) }
  const start = () => startTestServer({ env: { ...env, LATCHKEY_SHUTDOWN_DELAY: '0' }, clock, logged })
  // The store opens for one process at a time. So the test reads the key between two starts.
  await (await start()).stop()
  const serverKey = asTestKey(await signingKeyOf(dataDir))
  const server = await start()
  const stop = async (): Promise<void> => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { server, now: clock.now(), serverKey, takeReason, stop }
}

async function onPostgres(): Promise<RefusingServer> {
  const clock = new TestClock()
  const { logged, takeReason } = aLog()
  const fleet = await startFleet(1, { clock, logged, env: { LATCHKEY_PUBLIC_URL: PUBLIC_URL } })
  const [server] = fleet.servers
  if (server === undefined) throw new Error('no server started')
  const serverKey = asTestKey(await signingKeyOfDatabase(fleet.url, SHARED_MASTER_KEY))
  return { server, now: clock.now(), serverKey, takeReason, stop: () => fleet.stop() }
}

function asTestKey(privateKey: KeyObject): TestKey {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  return { alg: 'ES256', kid: thumbprintOf(jwk as PublicJwk), privateKey, jwk: { ...jwk } }
}

export const REFUSING_SERVERS: readonly (readonly [engine: string, start: () => Promise<RefusingServer>])[] = [
  ['the embedded store', onEmbeddedStore],
  ...(has('postgresql') ? [['PostgreSQL', onPostgres] as const] : []),
]

export interface Answer {
  readonly status: number
  readonly body: Json
}

const FORM = 'application/x-www-form-urlencoded'

/** Sends an assertion, or a whole request, to an endpoint of the server. */
export async function send(
  { at }: Pick<TestServer, 'at'>,
  request: ReturnType<Make>,
  path = '/v1/token',
): Promise<Answer> {
  const { query = '', headers = {}, body }: Request = typeof request === 'string' ? { body: form(request) } : request
  const answer = await ask(new URL(at).origin, {
    target: `${under(at, path)}${query}`,
    headers: Object.entries({ 'content-type': FORM, ...headers }),
    body: body.toString(),
  })
  return { status: answer.status, body: JSON.parse(answer.body) as Json }
}

/** The refusals that have another status than 401. */
const STATUSES: Readonly<Record<string, number>> = {
  assertion_missing: 400,
  assertion_type_missing: 400,
  assertion_type_unknown: 400,
  client_id_mismatch: 400,
  content_type_unsupported: 415,
  parameter_repeated: 400,
  parameter_too_long: 400,
  secret_in_uri: 400,
  two_authentication_methods: 400,
}

/** What the server did with a wrong request. */
export interface Outcome {
  readonly name: string
  readonly reason: unknown
  readonly status: number
  readonly members: readonly string[]
  /** The status of the earlier token after the request. */
  readonly earlierToken: number
}

/** The outcomes if the server refuses each request for its reason, and no request changes anything. */
export const refusals = <Scene>(cases: readonly Case<Scene>[]): readonly Outcome[] =>
  cases.map(([name, reason]) => ({
    ...{ name, reason, status: STATUSES[reason] ?? 401 },
    members: ['error', 'error_description'],
    earlierToken: 200,
  }))

/** Sends the request of each case, and verifies the earlier token after it. */
export async function outcomesOf<Scene extends { readonly live: string }>(
  { server, takeReason }: Pick<RefusingServer, 'server' | 'takeReason'>,
  scene: Scene,
  cases: readonly Case<Scene>[],
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [name, , make] of cases) {
    takeReason()
    const { status, body } = await send(server, make(scene))
    const reason = takeReason()
    const { status: earlierToken } = await server.verify(scene.live)
    outcomes.push({ name, reason, status, members: Object.keys(body), earlierToken })
  }
  return outcomes
}
