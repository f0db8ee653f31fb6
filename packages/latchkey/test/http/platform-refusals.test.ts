// On both engines, every assertion of a platform with any defect gets no token and ends no token.
import { JWT_SPIFFE } from '@latchkey/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPlatform, made, podClaims, podRule, type TestPlatform, tokenOf } from '../a-platform.ts'
import { aServer, PREDICT, TestClock, type TestServer } from '../a-server.ts'
import { changing } from '../changing.ts'
import { assertionForm } from '../client-assertions.ts'
import { PLATFORM_GROUPS } from '../wrong-assertions/groups.ts'
import { aPlatformScene, pod, type PlatformScene, robot, run } from '../wrong-assertions/platform-scene.ts'
import {
  outcomesOf,
  REFUSING_SERVERS,
  refusals,
  type RefusingServer,
  send as sendTo,
} from '../wrong-assertions/refusing-servers.ts'
import { form, inOtherForm, type Make } from '../wrong-assertions/scene.ts'

/** Valid requests. The first request supersedes the live token of the test. */
const CONTROLS: readonly (readonly [name: string, make: Make<PlatformScene>])[] = [
  ['a pod', pod({})],
  ['a pod with one audience as a text', pod(({ server }) => ({ aud: server.issuer }))],
  ['a pod at the end of its lifetime', pod(({ now }) => ({ iat: now - 3899, nbf: now - 3899, exp: now + 1 }))],
  ['a pod that expired 29 seconds ago', pod(({ now }) => ({ iat: now - 600, nbf: now - 600, exp: now - 29 }))],
  ['a pod with iat and nbf 30 seconds ahead', pod(({ now }) => ({ iat: now + 30, nbf: now + 30, exp: now + 600 }))],
  ['a pod without iat', pod(({ now }) => ({ iat: undefined, nbf: undefined, exp: now + 3930 }))],
  ['a pod without kid', pod({}, { kid: undefined })],
  ['typ JOSE', pod({}, { typ: 'JOSE' })],
  ['a workflow run on the branch', run({})],
  ['a workflow run in the environment', run({ ref: 'refs/heads/x', environment: 'production' })],
  ['odd claims', robot({})],
  ['a number as a text', robot({ level: '7', group: { name: 'Dev' } })],
  [
    'a SPIFFE ID',
    ({ spiffe, integration }) => ({
      body: form(spiffe.sign({ iss: undefined, sub: `${spiffe.url}/batch/one` }), {
        ...{ client_id: integration.clientId, client_assertion_type: JWT_SPIFFE },
      }),
    }),
  ],
]

describe.each(REFUSING_SERVERS)('on %s', (_engine, start) => {
  let refusing: RefusingServer
  let server: TestServer
  let now: number
  /**
   * Several tests share an issuer, because a server trusts at most 50 issuers. Each test has a namespace of its own.
   */
  let platform: TestPlatform
  beforeAll(async () => {
    refusing = await start()
    ;({ server, now } = refusing)
    platform = aPlatform(server, { name: 'shared', alg: 'ES256', now })
    await made(server, 'POST', '/issuers', platform.registration)
  }, 120_000)
  afterAll(() => refusing.stop())

  const send = (request: ReturnType<Make>) => sendTo(server, request)

  test.each(PLATFORM_GROUPS)(
    "a platform's assertion with a wrong %s gets no token and ends none, the log has the reason, and a valid assertion gets a token",
    async (_name, cases) => {
      const scene = await aPlatformScene(refusing)
      expect(await outcomesOf(refusing, scene, cases)).toEqual(refusals(cases))
      for (const [name, make] of CONTROLS) {
        expect(await send(make(scene)), name).toMatchObject({
          status: 200,
          body: { token_type: 'Bearer', scope: PREDICT },
        })
        expect(await server.verify(scene.live)).toMatchObject({ status: 401, reason: 'superseded' })
      }
    },
    120_000,
  )

  test('a disabled integration gets no token for an assertion of its platform, and gets one after it is enabled again', async () => {
    const scene = await aPlatformScene(refusing)
    const { clientId } = scene.integration
    const assertion = scene.cluster.sign(podClaims())
    const change = (kind: 'disable' | 'enable') => server.integrations.change(clientId, ...changing({ kind }))
    await change('disable')
    expect((await send(assertion)).status).toBe(401)
    await change('enable')
    expect((await send(assertion)).status).toBe(200)
  })

  test('introspection, revocation and the feed refuse an assertion of a disabled issuer, an ended rule or another subject', async () => {
    const { cluster, disabled, former, integration, live } = await aPlatformScene(refusing)
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

  test('a rule limits the lifetime of an assertion', async () => {
    const { id } = await server.integration({ name: 'Short-lived' })
    const rule = { ...podRule(platform.name, 'brief'), max_lifetime: 60 }
    await made(server, 'POST', `/integrations/${id}/credentials`, rule)
    const lasting = (seconds: number) =>
      send(platform.sign(podClaims('brief', 'worker', { iat: now, exp: now + seconds })))
    expect((await lasting(61)).status).toBe(401)
    expect((await lasting(60)).status).toBe(200)
  })

  test('a rule for single use accepts each assertion once: each jti, or without a jti only one form of the signature', async () => {
    const integration = await server.integration({ name: 'Single use' })
    const rule = { ...podRule(platform.name, 'once'), reuse: 'once' }
    await made(server, 'POST', `/integrations/${integration.id}/credentials`, rule)
    const expectReplayed = async (assertion: string): Promise<void> => {
      refusing.takeReason()
      expect((await send(assertion)).status).toBe(401)
      expect(refusing.takeReason()).toBe('assertion_replayed')
    }
    const named = (exp: number) => platform.sign(podClaims('once', 'worker', { jti: 'one', exp }))
    expect((await send(named(now + 100))).status).toBe(200)
    await expectReplayed(named(now + 200))
    const unnamed = platform.sign(podClaims('once'))
    expect((await send(unnamed)).status).toBe(200)
    await expectReplayed(unnamed)
    await expectReplayed(inOtherForm(unnamed))
  })

  test('a workload at an address that its integration does not allow gets no token', async () => {
    const integration = await server.integration({ name: 'Elsewhere' })
    await made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule(platform.name, 'elsewhere'))
    const live = await server.token(integration)
    const allow = (ranges: readonly string[]) =>
      made(server, 'PATCH', `/integrations/${integration.id}`, { allowed_addresses: ranges })
    await allow(['192.0.2.0/24'])
    expect((await send(platform.sign(podClaims('elsewhere')))).status).toBe(401)
    expect((await server.verify(live)).status).toBe(200)
    await allow(['127.0.0.0/8'])
    expect((await send(platform.sign(podClaims('elsewhere')))).status).toBe(200)
  })
})

test('an assertion gets tokens by a rule until the expires_at of the rule', async () => {
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
