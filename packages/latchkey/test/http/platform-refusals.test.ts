// Every assertion of a platform that is not exactly right gets nothing, and ends no token. On both engines.
import { JWT_SPIFFE } from '@latchkey/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { aPlatform, made, podClaims, podRule, tokenOf } from '../a-platform.ts'
import { aServer, PREDICT, startTestServer, TestClock, type TestServer } from '../a-server.ts'
import { changing } from '../changing.ts'
import { assertionForm } from '../client-assertions.ts'
import { startFleet } from '../postgres/replicas.ts'
import {
  aPlatformScene,
  pod,
  type PlatformCase,
  type PlatformRequest,
  type PlatformScene,
  robot,
  run,
} from '../wrong-assertions/platform-scene.ts'
import { form } from '../wrong-assertions/scene.ts'
import {
  PLATFORM_AUDIENCE,
  PLATFORM_ISSUER_AND_SUBJECT,
  PLATFORM_RULES,
  PLATFORM_TIME,
} from '../wrong-assertions/wrong-platform-claims.ts'
import { PLATFORM_SIGNATURE_AND_KEY, PLATFORM_TEXT_AND_TYPE } from '../wrong-assertions/wrong-platform-keys.ts'

interface Started {
  readonly server: TestServer
  /** The reasons of the refusals so far. Undefined if the log is silent. */
  readonly reasons?: unknown[]
  readonly stop: () => Promise<void>
}

const ENGINES: readonly (readonly [string, () => Promise<Started>])[] = [
  [
    'the embedded store',
    async () => {
      const reasons: unknown[] = []
      const server = await startTestServer({
        logged: ({ event, reason, failure }) => {
          if (event !== 'auth.denied' && event !== 'auth.throttled') return
          reasons.push(failure ?? reason)
        },
      })
      return { server, reasons, stop: () => server.stop() }
    },
  ],
  ...(has('postgresql')
    ? [
        [
          'PostgreSQL',
          async () => {
            const fleet = await startFleet(1)
            const [server] = fleet.servers
            if (server === undefined) throw new Error('no server started')
            return { server, stop: () => fleet.stop() }
          },
        ] as const,
      ]
    : []),
]

/** Right requests. The first one supersedes the live token of the scene. */
const CONTROLS: readonly (readonly [string, (scene: PlatformScene) => PlatformRequest | string])[] = [
  ['a pod', pod({})],
  ['a pod with one audience as a text', pod(({ server }) => ({ aud: server.issuer }))],
  ['a pod at the end of its lifetime', pod(({ now }) => ({ iat: now - 3899, nbf: now - 3899, exp: now + 1 }))],
  ['a pod without kid', pod({}, { kid: undefined })],
  ['typ JOSE', pod({}, { typ: 'JOSE' })],
  ['a workflow run on the branch', run({})],
  ['a workflow run in the environment', run({ ref: 'refs/heads/x', environment: 'production' })],
  ['odd claims', robot({})],
  ['a number as a text', robot({ level: '7', group: { name: 'Dev' } })],
  [
    'a SPIFFE ID',
    ({ spiffe, integration }) => ({
      assertion: spiffe.sign({ iss: undefined, sub: `${spiffe.url}/batch/one` }),
      more: { client_id: integration.clientId, client_assertion_type: JWT_SPIFFE },
    }),
  ],
]

const GROUPS: readonly (readonly [string, readonly PlatformCase[]])[] = [
  ['signature or key', PLATFORM_SIGNATURE_AND_KEY],
  ['text or type', PLATFORM_TEXT_AND_TYPE],
  ['time', PLATFORM_TIME],
  ['audience', PLATFORM_AUDIENCE],
  ['issuer or subject', PLATFORM_ISSUER_AND_SUBJECT],
  ['claim', PLATFORM_RULES],
]

describe.each(ENGINES)('on %s', (_engine, start) => {
  let server: TestServer
  let reasons: unknown[] | undefined
  let stop: () => Promise<void>
  beforeAll(async () => {
    ;({ server, reasons, stop } = await start())
  }, 120_000)
  afterAll(() => stop())

  const send = (made: PlatformRequest | string): Promise<Response> => {
    const { assertion, more } = typeof made === 'string' ? { assertion: made, more: {} } : made
    return fetch(`${server.at}/v1/token`, { method: 'POST', body: form(assertion, more) })
  }

  test.each(GROUPS)(
    "no platform's assertion with a wrong %s gets a token or ends one, and right ones do both",
    async (_name, cases) => {
      const scene = await aPlatformScene(server)
      for (const [name, reason, make] of cases) {
        const answer = await send(make(scene))
        expect([401, 429], name).toContain(answer.status)
        const body = (await answer.json()) as Record<string, unknown>
        expect(Object.keys(body), name).toEqual(['error', 'error_description'])
        if (reasons !== undefined) expect(reasons.at(-1), name).toBe(reason)
        expect((await server.verify(scene.live)).status, name).toBe(200)
      }
      for (const [name, make] of CONTROLS) {
        const answer = await send(make(scene))
        expect(answer.status, `${name} ${await answer.clone().text()}`).toBe(200)
        expect(await answer.json()).toMatchObject({ token_type: 'Bearer', scope: PREDICT })
        expect(await server.verify(scene.live)).toMatchObject({ status: 401, reason: 'superseded' })
      }
    },
    60_000,
  )

  test('an integration that is disabled gets no token by its platform, and the rule works again after that', async () => {
    const scene = await aPlatformScene(server)
    const { clientId } = scene.integration
    const assertion = scene.cluster.sign(podClaims())
    const change = (kind: 'disable' | 'enable') => server.integrations.change(clientId, ...changing({ kind }))
    await change('disable')
    expect((await send(assertion)).status).toBe(401)
    await change('enable')
    expect((await send(assertion)).status).toBe(200)
  })

  test('introspection and revocation refuse a disabled issuer, an ended rule and another subject', async () => {
    const { cluster, disabled, former, integration, live } = await aPlatformScene(server)
    const post = (path: string, assertion: string) => {
      const body = assertionForm(assertion, { client_id: integration.clientId, token: live })
      return fetch(`${server.at}/v1/${path}`, { method: 'POST', body })
    }
    for (const assertion of [
      disabled.sign(podClaims()),
      former.sign(podClaims()),
      cluster.sign(podClaims('payments', 'default')),
    ]) {
      for (const path of ['introspect', 'revoke', 'feed']) expect((await post(path, assertion)).status, path).toBe(401)
    }
    expect((await server.verify(live)).status).toBe(200)
    expect((await post('revoke', cluster.sign(podClaims()))).status).toBe(200)
    expect((await server.verify(live)).status).toBe(401)
  })

  test('a rule sets the longest lifetime of an assertion', async () => {
    const platform = aPlatform(server, { name: 'short-lived', alg: 'ES256' })
    await made(server, 'POST', '/issuers', platform.registration)
    const { id } = await server.integration({ name: 'Short-lived' })
    const rule = { ...podRule(platform.name), max_lifetime: 60 }
    await made(server, 'POST', `/integrations/${id}/credentials`, rule)
    const now = Math.floor(Date.now() / 1000)
    const lasting = (seconds: number) =>
      send(platform.sign(podClaims('payments', 'worker', { iat: now, exp: now + seconds })))
    expect((await lasting(61)).status).toBe(401)
    expect((await lasting(60)).status).toBe(200)
  })

  test('a workload at an address that its integration does not allow gets no token', async () => {
    const platform = aPlatform(server, { name: 'elsewhere', alg: 'ES256' })
    await made(server, 'POST', '/issuers', platform.registration)
    const integration = await server.integration({ name: 'Elsewhere' })
    await made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule(platform.name))
    const live = await server.token(integration)
    const allow = (ranges: readonly string[]) =>
      made(server, 'PATCH', `/integrations/${integration.id}`, { allowed_addresses: ranges })
    await allow(['192.0.2.0/24'])
    expect((await send(platform.sign(podClaims()))).status).toBe(401)
    expect((await server.verify(live)).status).toBe(200)
    await allow(['127.0.0.0/8'])
    expect((await send(platform.sign(podClaims()))).status).toBe(200)
  })
})

test('a rule gets tokens until its expires_at', async () => {
  const clock = new TestClock()
  const server = await aServer({ clock })
  const platform = aPlatform(server, { alg: 'ES256' })
  await made(server, 'POST', '/issuers', platform.registration)
  const { id } = await server.integration()
  const expires = new Date((clock.now() + 120) * 1000).toISOString()
  const credentials = `/integrations/${id}/credentials`
  await made(server, 'POST', credentials, { ...podRule(platform.name), expires_at: expires })
  const status = async () => (await tokenOf(server, platform.sign(podClaims()))).status
  clock.advance(119)
  expect(await status()).toBe(200)
  clock.advance(1)
  expect(await status()).toBe(401)
})
