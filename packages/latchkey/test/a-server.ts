// A real server in this process, on a temporary folder and free ports, for tests.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Scope, Secret, toBasicCredentials } from '@latchkey/protocol'
import pino from 'pino'
import { onTestFinished } from 'vitest'
import type { CreatedIntegration } from '../src/http/contract/admin-api.ts'
import type { Overrides } from '../src/server/start.ts'
import { type RunningServer, startServer } from '../src/server/start-server.ts'
import type { Config } from '../src/config/config.ts'
import { readConfig } from '../src/config/read-config.ts'
import { createLogger } from '../src/log.ts'
import type { IssueMode } from '../src/domain/issue-mode.ts'
import type { Clock } from '../src/ports/clock.ts'
import { UNHURRIED } from './postgres/unhurried.ts'

export { MODEL, PREDICT } from '../src/domain/reference-catalog.ts'
import { MODEL, PREDICT } from '../src/domain/reference-catalog.ts'

/** A clock that moves only when the test moves it. */
export class TestClock implements Clock {
  #seconds: number
  #milliseconds = 0

  constructor(seconds = Math.floor(Date.now() / 1000)) {
    this.#seconds = seconds
  }

  now(): number {
    return this.#seconds
  }

  monotonic(): number {
    return this.#milliseconds
  }

  /** Moves the monotonic clock and the wall clock forward. */
  advance(seconds: number): void {
    this.#seconds += seconds
    this.#milliseconds += seconds * 1000
  }

  /** Sets the wall clock. The monotonic clock does not move. */
  step(seconds: number): void {
    this.#seconds += seconds
  }
}

export interface ServerOptions extends Overrides {
  /** `LATCHKEY_…` variables. By default the ports are free ports and the data folder is temporary. */
  readonly env?: Readonly<Record<string, string>>
  /** The admin key of another server on the same database. Undefined if the server creates the store. */
  readonly adminKey?: Secret
  /** Called with each line of the server's log. */
  readonly logged?: (entry: Readonly<Record<string, unknown>>) => void
}

export interface TestIntegration {
  readonly id: string
  readonly clientId: string
  readonly clientSecret: Secret
  /** The value of the integration's `Authorization` header. */
  readonly basic: string
}

export interface TestServer extends RunningServer {
  readonly dataDir: string
  readonly adminKey: Secret
  /** The address at which this server serves the issuer. Several servers may have one issuer. */
  readonly at: string
  /** Makes an integration through the admin API. */
  integration(wanted?: DesiredIntegration): Promise<TestIntegration>
  /** Sends the documented token request. Resolves with the answer, whatever its status is. */
  requestToken(integration: TestIntegration, scope?: string): Promise<Response>
  /** Sends the documented token request. Throws unless the answer is 200. */
  token(integration: TestIntegration, scope?: string): Promise<string>
  verify(token: string, scope?: string): Promise<{ readonly status: number; readonly reason: string | null }>
  introspect(caller: TestIntegration, token: string): Promise<Record<string, unknown>>
  revoke(caller: TestIntegration, token: string): Promise<Response>
}

export interface DesiredIntegration {
  readonly name?: string
  readonly scopes?: readonly Scope[]
  readonly resourceServer?: boolean
  readonly mode?: IssueMode
  readonly graceSeconds?: number
  readonly conditional?: boolean
}

export function testConfig(env: Readonly<Record<string, string>>): Config {
  const read = readConfig({ env: { LATCHKEY_LOG_LEVEL: 'silent', ...env }, flags: {} })
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  return read.value
}

/**
 * Starts a server for the running test and stops it after the test. By default the server uses ES256, because such keys
 * are made quickly.
 */
export async function aServer(options: ServerOptions = {}): Promise<TestServer> {
  const server = await startTestServer(options)
  onTestFinished(() => server.stop())
  return server
}

/** Starts a server for a whole test file. The caller stops it. */
export async function startTestServer({
  env = {},
  adminKey: given,
  logged,
  ...overrides
}: ServerOptions = {}): Promise<TestServer> {
  const dataDir = env['LATCHKEY_DATA_DIR'] ?? mkdtempSync(join(tmpdir(), 'latchkey-test-'))
  const config = testConfig({
    LATCHKEY_DATA_DIR: dataDir,
    LATCHKEY_PORT: '0',
    LATCHKEY_ADMIN_PORT: '0',
    LATCHKEY_SIGNING_ALG: 'ES256',
    LATCHKEY_DEMO: 'off',
    ...env,
  })
  const write = (line: string): void => logged?.(JSON.parse(line) as Record<string, unknown>)
  const logger =
    logged === undefined
      ? createLogger(config.log)
      : pino({ base: null, level: env['LATCHKEY_LOG_LEVEL'] ?? 'info' }, { write })
  const running = await startServer(config, logger, { databaseDeadlines: UNHURRIED, ...overrides })
  // Only the server that created the store in a database has its admin key.
  const adminKey = given ?? new Secret(readFileSync(join(dataDir, 'admin.key'), 'utf8').trim())
  // Several servers may have the same issuer, so each is called at its own port.
  const port = env['LATCHKEY_PORT']
  const issuer =
    port === undefined || port === '0'
      ? running.issuer
      : running.issuer.replace(running.publicUrl, `http://127.0.0.1:${port}`)
  const post = (path: string, caller: TestIntegration, form: Record<string, string>): Promise<Response> =>
    fetch(`${issuer}${path}`, {
      method: 'POST',
      headers: { authorization: caller.basic },
      body: new URLSearchParams(form),
    })
  const requestToken = (integration: TestIntegration, scope: string = PREDICT): Promise<Response> =>
    fetch(`${issuer}/v1/token?scope=${encodeURIComponent(scope)}&grant_type=client_credentials`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        authorization: integration.basic,
        'cache-control': 'no-cache',
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
  let stopped: Promise<void> | undefined
  return {
    ...running,
    dataDir,
    adminKey,
    at: issuer,
    stop: () =>
      (stopped ??= running.stop().then(() => {
        if (env['LATCHKEY_DATA_DIR'] === undefined) rmSync(dataDir, { recursive: true, force: true })
      })),
    integration: async ({ name = 'Billing sync', scopes = [PREDICT, MODEL], ...desired } = {}) => {
      const response = await fetch(`${running.adminUrl}/admin/v1/integrations`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminKey.reveal()}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          name,
          scopes,
          ...(desired.resourceServer !== undefined && { resource_server: desired.resourceServer }),
          ...(desired.mode !== undefined && { issue_mode: modeOnTheWire(desired.mode) }),
          ...(desired.graceSeconds !== undefined && { grace_seconds: desired.graceSeconds }),
          ...(desired.conditional !== undefined && { conditional: desired.conditional }),
        }),
      })
      if (response.status !== 201) throw new Error(`${String(response.status)} ${await response.text()}`)
      const created = (await response.json()) as Required<CreatedIntegration>
      const clientSecret = new Secret(created.client_secret)
      const basic = toBasicCredentials(created.client_id, clientSecret)
      return { id: created.id, clientId: created.client_id, clientSecret, basic }
    },
    requestToken,
    token: async (integration, scope) => {
      const response = await requestToken(integration, scope)
      if (response.status !== 200) throw new Error(`${String(response.status)} ${await response.text()}`)
      return ((await response.json()) as { access_token: string }).access_token
    },
    verify: async (token, scope = '') => {
      const query = scope === '' ? '' : `?scope=${encodeURIComponent(scope)}`
      const response = await fetch(`${issuer}/v1/verify${query}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      await response.arrayBuffer()
      return { status: response.status, reason: response.headers.get('latchkey-reason') }
    },
    introspect: async (caller, token) =>
      (await (await post('/v1/introspect', caller, { token })).json()) as Record<string, unknown>,
    revoke: (caller, token) => post('/v1/revoke', caller, { token }),
  }
}

const modeOnTheWire = (mode: IssueMode) =>
  mode.kind === 'stable' ? { kind: mode.kind, renew_before_seconds: mode.renewBeforeSeconds } : { kind: mode.kind }
