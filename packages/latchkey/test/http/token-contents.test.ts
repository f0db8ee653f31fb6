// The content of a token for each signing algorithm, and how it depends on the configuration.
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { aFolder } from '../a-folder.ts'
import { aServer, MODEL, PREDICT, startTestServer, TestClock } from '../a-server.ts'

const LIVE = { status: 200, reason: null }

test.each(['RS256', 'ES256', 'EdDSA'])(
  'a token signed with %s has subject, scope, audience and expiry',
  async (alg) => {
    const clock = new TestClock()
    const server = await aServer({ clock, env: { LATCHKEY_SIGNING_ALG: alg } })
    const integration = await server.integration()
    const token = await server.token(integration)
    const keys = createRemoteJWKSet(new URL(`${server.issuer}/v1/keys`))
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: [alg],
      currentDate: new Date(clock.now() * 1000),
    })
    expect(Object.keys(protectedHeader).toSorted()).toEqual(['alg', 'kid', 'typ'])
    expect(protectedHeader).toMatchObject({ typ: 'at+jwt', alg })
    const { jti, ...claims } = payload
    expect(claims).toEqual({
      iss: server.issuer,
      sub: integration.clientId,
      client_id: integration.clientId,
      aud: 'api://default',
      iat: clock.now(),
      exp: clock.now() + 3600,
      scope: PREDICT,
      gen: 1,
      // These claims are for verifiers that expect the claims of the reference platform.
      cid: integration.clientId,
      scp: [PREDICT],
      ver: 1,
    })
    expect(jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
  },
)

test('a client can read the expiry by decoding the payload, as documented', async () => {
  const server = await aServer()
  const [, payload = ''] = (await server.token(await server.integration())).split('.')
  const { exp } = JSON.parse(Buffer.from(payload, 'base64').toString()) as { exp: number }
  expect(exp).toBeGreaterThan(Date.now() / 1000)
})

test('every issuance and revocation raises the generation only for its integration and scope', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const generationOf = (token: string): number => Number(decodeJwt(token)['gen'])
  const model = await server.token(integration, MODEL)
  const first = await server.token(integration)
  await server.revoke(integration, first)
  const second = await server.token(integration)
  expect(generationOf(second)).toBeGreaterThan(generationOf(first) + 1)
  expect(await server.verify(model, MODEL)).toEqual(LIVE)
  expect(generationOf(await server.token(integration, MODEL))).toBe(generationOf(model) + 1)
})

describe('after a restart', () => {
  async function restarted(change: Record<string, string>) {
    const env = { LATCHKEY_DATA_DIR: aFolder() }
    const before = await startTestServer({ env })
    const integration = await before.integration()
    const token = await before.token(integration)
    await before.stop()
    const samePort = { LATCHKEY_PORT: new URL(before.publicUrl).port }
    return { integration, token, start: (more = change) => startTestServer({ env: { ...env, ...samePort, ...more } }) }
  }

  test('the live token is still live', async () => {
    const { token, start } = await restarted({})
    const server = await start()
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
    await server.stop()
  })

  test('after a change of the audience the token is refused, and undoing the change does not make the token live again', async () => {
    const { integration, token, start } = await restarted({ LATCHKEY_AUDIENCE: 'api://moved' })
    const moved = await start()
    expect(await moved.verify(token)).toEqual({ status: 401, reason: 'wrong_audience' })
    expect(decodeJwt(await moved.token(integration)).aud).toBe('api://moved')
    await moved.stop()
    const back = await start({})
    expect((await back.verify(token)).status).toBe(401)
    await back.stop()
  })

  test('tokens that were issued under another authorization server ID are refused', async () => {
    const { token, start } = await restarted({ LATCHKEY_AUTH_SERVER_ID: 'another' })
    const server = await start()
    expect(await server.verify(token)).toEqual({ status: 401, reason: 'bad_signature' })
    await server.stop()
  })

  test('after a change of the signing algorithm the live token stays live, and its key stays published', async () => {
    const { integration, token, start } = await restarted({ LATCHKEY_SIGNING_ALG: 'EdDSA' })
    const server = await start()
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
    const { keys } = (await (await fetch(`${server.issuer}/v1/keys`)).json()) as {
      keys: { kid: string; alg: string }[]
    }
    expect(keys.map(({ alg }) => alg)).toEqual(['EdDSA', 'ES256'])
    expect(keys.map(({ kid }) => kid)).toContain(decodeProtectedHeader(token).kid)
    expect(decodeProtectedHeader(await server.token(integration)).alg).toBe('EdDSA')
    await server.stop()
  })
})

test('client ID, colon and secret are 57 bytes, which every base64 program prints on one line', async () => {
  const server = await aServer()
  const { clientId, clientSecret } = await server.integration()
  const pair = `${clientId}:${clientSecret.reveal()}`
  expect([Buffer.byteLength(pair), Buffer.from(pair).toString('base64').length]).toEqual([57, 76])
})
