// On both engines, every assertion with any defect gets no token and ends no token.
import { MAX_ASSERTION_LENGTH } from '@latchkey/protocol'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PREDICT } from '../a-server.ts'
import { changing } from '../changing.ts'
import { aClientKey, anAssertion, assertionForm, register } from '../client-assertions.ts'
import { GROUPS } from '../wrong-assertions/groups.ts'
import {
  outcomesOf,
  REFUSING_SERVERS,
  refusals,
  type RefusingServer,
  send as sendTo,
} from '../wrong-assertions/refusing-servers.ts'
import { inOtherForm, type Make, type Scene, withClaims, withHeader } from '../wrong-assertions/scene.ts'
import { ofHeaderLength, ofLength } from '../wrong-assertions/wrong-texts.ts'

/** Valid assertions, each at a limit. The first assertion supersedes the live token of the test. */
const CONTROLS: readonly (readonly [name: string, make: Make])[] = [
  ['a usual one', withClaims({})],
  ['8,192 characters', ofLength(MAX_ASSERTION_LENGTH)],
  ['a header of 1,024 bytes', (scene) => ofHeaderLength(scene, 1024)],
  ['expired for 29 seconds', withClaims(({ now }) => ({ iat: now - 89, exp: now - 29 }))],
  ['a lifetime of 300 seconds', withClaims(({ now }) => ({ exp: now + 300 }))],
  ['without iat, an exp in 330 seconds', withClaims(({ now }) => ({ iat: undefined, exp: now + 330 }))],
  ['iat and nbf 30 seconds ahead', withClaims(({ now }) => ({ iat: now + 30, nbf: now + 30, exp: now + 90 }))],
  ['a jti of 255 bytes', withClaims({ jti: 'j'.repeat(255) })],
  ['no kid', withHeader({ kid: undefined })],
  ['a name that differs from a known one in capitals', withHeader({ CRIT: ['exp'], Typ: 'at+jwt' })],
]

describe.each(REFUSING_SERVERS)('on %s', (_engine, start) => {
  let refusing: RefusingServer
  beforeAll(async () => {
    refusing = await start()
  }, 120_000)
  afterAll(() => refusing.stop())

  const send = (request: ReturnType<Make>, path?: string) => sendTo(refusing.server, request, path)

  async function aScene(): Promise<Scene> {
    const { server, serverKey, now } = refusing
    const integration = await server.integration({ name: `Client ${String(Math.random())}` })
    const { clientId } = integration
    const [key, rsa, pss] = [aClientKey('ES256'), aClientKey('RS256'), aClientKey('PS256')]
    const [endedKey, othersKey] = [aClientKey('ES256'), aClientKey('ES256')]
    for (const one of [key, rsa, pss]) await register(server, clientId, one)
    const endedId = await register(server, clientId, endedKey)
    await server.integrations.change(clientId, ...changing({ kind: 'end_credential', credentialId: endedId, at: now }))
    const other = await server.integration({ name: `Other ${String(Math.random())}` })
    await register(server, other.clientId, othersKey)
    return {
      ...{ clientId, issuer: server.issuer, key, rsa, pss },
      ...{ endedKey, othersKey, serverKey, server, integration, now },
      live: await server.token(integration),
    }
  }

  test.each(GROUPS)(
    'an assertion with a wrong %s gets no token and ends none, the log has the reason, and a valid assertion gets a token',
    async (_name, cases) => {
      const scene = await aScene()
      expect(await outcomesOf(refusing, scene, cases)).toEqual(refusals(cases))
      for (const [name, make] of CONTROLS) {
        const control = await send(make(scene))
        expect(control, name).toMatchObject({
          status: 200,
          body: { token_type: 'Bearer', expires_in: 3600, scope: PREDICT },
        })
        expect(await refusing.server.verify(scene.live)).toMatchObject({ status: 401, reason: 'superseded' })
      }
    },
    120_000,
  )

  test('a client can authenticate with each algorithm, with and without kid in the header', async () => {
    const { server, now } = refusing
    const integration = await server.integration({ name: `All ${String(Math.random())}` })
    for (const alg of ['RS256', 'PS256', 'ES256', 'EdDSA'] as const) {
      const key = aClientKey(alg)
      await register(server, integration.clientId, key)
      const sender = { clientId: integration.clientId, issuer: server.issuer, key, now }
      for (const header of [{}, { kid: undefined }, { typ: 'JWT' }, { typ: undefined }]) {
        const { status, body } = await send(anAssertion(sender, {}, header))
        expect(status, `${alg} ${JSON.stringify(header)} ${JSON.stringify(body)}`).toBe(200)
      }
    }
  })

  describe('an assertion that was used', () => {
    /** Sends an assertion again, and expects the refusal of a used assertion. */
    async function expectReplayed(assertion: string, path?: string, more = {}): Promise<void> {
      refusing.takeReason()
      const { status, body } = await send({ body: assertionForm(assertion, { ...TOKEN_REQUEST, ...more }) }, path)
      expect([status, body['error'], refusing.takeReason()]).toEqual([401, 'invalid_client', 'assertion_replayed'])
    }
    const TOKEN_REQUEST = { grant_type: 'client_credentials', scope: PREDICT }

    test('gets no second token, not even in another form of its signature', async () => {
      const scene = await aScene()
      const assertion = anAssertion(scene)
      expect((await send(assertion)).status).toBe(200)
      await expectReplayed(assertion)
      await expectReplayed(inOtherForm(assertion))
    })

    test('prevents the use of another assertion with the same jti and a later exp', async () => {
      const scene = await aScene()
      const jti = 'the same jti'
      expect((await send(anAssertion(scene, { jti }))).status).toBe(200)
      await expectReplayed(anAssertion(scene, { jti, exp: scene.now + 200 }))
    })

    test('at the token endpoint is then refused at introspection, revocation and the feed, and the token stays live', async () => {
      const scene = await aScene()
      const assertion = anAssertion(scene)
      const { body } = await send(assertion)
      const token = String(body['access_token'])
      for (const path of ['/v1/introspect', '/v1/revoke', '/v1/feed']) await expectReplayed(assertion, path, { token })
      expect((await refusing.server.verify(token)).status).toBe(200)
    })

    test('at introspection is then refused at introspection and at the token endpoint', async () => {
      const scene = await aScene()
      const assertion = anAssertion(scene)
      const introspected = await send({ body: assertionForm(assertion, { token: scene.live }) }, '/v1/introspect')
      expect(introspected).toMatchObject({ status: 200, body: { active: true } })
      await expectReplayed(assertion, '/v1/introspect', { token: scene.live })
      await expectReplayed(assertion)
      expect((await refusing.server.verify(scene.live)).status).toBe(200)
    })
  })
})
