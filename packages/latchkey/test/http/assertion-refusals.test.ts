// Every assertion that is not exactly right gets nothing, and ends no token. On both engines.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { has } from '../../../../scripts/programs.mjs'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, assertionForm, register } from '../client-assertions.ts'
import { changing } from '../changing.ts'
import { startFleet } from '../postgres/replicas.ts'
import { GROUPS } from '../wrong-assertions/groups.ts'
import { cut, form, type Request, type Scene } from '../wrong-assertions/scene.ts'
import { ORDER } from '../wrong-assertions/wrong-keys.ts'

interface Started {
  readonly server: TestServer
  readonly stop: () => Promise<void>
}

const ENGINES: readonly (readonly [string, () => Promise<Started>])[] = [
  [
    'the embedded store',
    async () => {
      const server = await startTestServer()
      return { server, stop: () => server.stop() }
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

const send = (at: string, { query = '', headers = {}, body }: Request): Promise<Response> =>
  fetch(`${at}/v1/token${query}`, { method: 'POST', headers, body })

describe.each(ENGINES)('on %s', (_engine, start) => {
  let server: TestServer
  let stop: () => Promise<void>
  beforeAll(async () => {
    ;({ server, stop } = await start())
  }, 120_000)
  afterAll(() => stop())

  async function aScene(): Promise<Scene> {
    const integration = await server.integration({ name: `Client ${String(Math.random())}` })
    const { clientId } = integration
    const [key, rsa, endedKey, othersKey] = [
      aClientKey('ES256'),
      aClientKey('RS256'),
      aClientKey('ES256'),
      aClientKey('ES256'),
    ]
    await register(server, clientId, key)
    await register(server, clientId, rsa)
    const endedId = await register(server, clientId, endedKey)
    const at = Math.floor(Date.now() / 1000)
    await server.integrations.change(clientId, ...changing({ kind: 'end_credential', credentialId: endedId, at }))
    const other = await server.integration({ name: `Other ${String(Math.random())}` })
    await register(server, other.clientId, othersKey)
    const sender = { clientId, issuer: server.issuer, key }
    return {
      ...sender,
      ...{ rsa, endedKey, othersKey, server, integration, now: at },
      live: await server.token(integration),
    }
  }

  test.each(GROUPS)(
    'no assertion with a wrong %s gets a token or ends one, and a right one does both',
    async (_name, cases) => {
      const scene = await aScene()
      for (const [name, make] of cases) {
        const request = make(scene)
        const answer = await send(server.at, typeof request === 'string' ? { body: form(request) } : request)
        expect([400, 401, 415], name).toContain(answer.status)
        const body = (await answer.json()) as Record<string, unknown>
        expect(Object.keys(body), name).toEqual(['error', 'error_description'])
        expect((await server.verify(scene.live)).status, name).toBe(200)
      }
      const control = await send(server.at, { body: form(anAssertion(scene)) })
      expect(await control.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: PREDICT })
      expect(await server.verify(scene.live)).toMatchObject({ status: 401, reason: 'superseded' })
    },
  )

  test('each algorithm proves the client, with kid and without', async () => {
    const integration = await server.integration({ name: `All ${String(Math.random())}` })
    for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
      const key = aClientKey(alg)
      await register(server, integration.clientId, key)
      const sender = { clientId: integration.clientId, issuer: server.issuer, key }
      for (const header of [{}, { kid: undefined }, { typ: 'JWT' }, { typ: undefined }]) {
        const answer = await send(server.at, { body: form(anAssertion(sender, {}, header)) })
        expect(answer.status, `${alg} ${JSON.stringify(header)} ${await answer.clone().text()}`).toBe(200)
      }
    }
  })

  test('an assertion is used once: twice at the token endpoint, and at introspection after a token', async () => {
    const scene = await aScene()
    const assertion = anAssertion(scene)
    expect((await send(server.at, { body: form(assertion) })).status).toBe(200)
    const again = await send(server.at, { body: form(assertion) })
    expect(again.status).toBe(401)
    expect(again.headers.get('www-authenticate')).toContain('error="invalid_client"')
    const [header, payload, signature] = cut(anAssertion(scene))
    const bytes = Buffer.from(signature, 'base64url')
    const s = BigInt(`0x${bytes.subarray(32).toString('hex')}`)
    const flipped = (BigInt(`0x${ORDER.toString('hex')}`) - s).toString(16).padStart(64, '0')
    const other = Buffer.concat([bytes.subarray(0, 32), Buffer.from(flipped, 'hex')]).toString('base64url')
    expect((await send(server.at, { body: form(`${header}.${payload}.${signature}`) })).status).toBe(200)
    expect((await send(server.at, { body: form(`${header}.${payload}.${other}`) })).status).toBe(401)
    const jti = 'the same jti'
    expect((await send(server.at, { body: form(anAssertion(scene, { jti })) })).status).toBe(200)
    expect((await send(server.at, { body: form(anAssertion(scene, { jti, exp: scene.now + 200 })) })).status).toBe(401)
    const once = anAssertion(scene)
    const introspect = (token: string) =>
      fetch(`${server.at}/v1/introspect`, { method: 'POST', body: assertionForm(once, { token }) })
    const answer = await introspect(scene.live)
    expect([answer.status, await answer.json()]).toEqual([200, { active: false }])
    expect((await introspect(scene.live)).status).toBe(401)
    expect((await send(server.at, { body: form(once) })).status).toBe(401)
  })
})
