// The expiry of tokens, and changes of the clock.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../a-server.ts'

let server: TestServer
let integration: TestIntegration
const clock = new TestClock()

beforeAll(async () => {
  server = await startTestServer({ clock })
})

beforeEach(async () => {
  integration = await server.integration()
})

afterAll(() => server.stop())

const LIVE = { status: 200, reason: null }
const EXPIRED = { status: 401, reason: 'expired' }
const SUPERSEDED = { status: 401, reason: 'superseded' }

describe('a token', () => {
  test('lives 3600 seconds: it is active one second before exp, and inactive at exp', async () => {
    const token = await server.token(integration)
    const { iat = 0, exp = 0 } = decodeJwt(token)
    expect([iat, exp - iat]).toEqual([clock.now(), 3600])
    clock.advance(3599)
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
    expect(await server.introspect(integration, token)).toMatchObject({ active: true, exp })
    clock.advance(1)
    expect(await server.verify(token)).toEqual(EXPIRED)
    expect(await server.introspect(integration, token)).toEqual({ active: false })
  })

  test('can be revoked without an error after it has expired', async () => {
    const token = await server.token(integration)
    clock.advance(3600)
    expect((await server.revoke(integration, token)).status).toBe(200)
    expect((await server.verify(token)).status).toBe(401)
  })

  test('that was superseded is reported as superseded even after its expiry, because the client must not renew it', async () => {
    const first = await server.token(integration)
    const second = await server.token(integration)
    clock.advance(3600)
    expect(await server.verify(first)).toEqual(SUPERSEDED)
    expect(await server.verify(second)).toEqual(EXPIRED)
  })

  test('that has expired does not prevent the next token, and stays expired', async () => {
    const token = await server.token(integration)
    clock.advance(86_400)
    expect(await server.verify(token)).toEqual(EXPIRED)
    expect(await server.verify(await server.token(integration), PREDICT)).toEqual(LIVE)
  })
})

describe('after the wall clock was set back', () => {
  test('a token that verify reported as expired stays expired', async () => {
    const token = await server.token(integration)
    clock.advance(3600)
    expect(await server.verify(token)).toEqual(EXPIRED)
    clock.step(-3600)
    expect(await server.verify(token)).toEqual(EXPIRED)
    expect(await server.introspect(integration, token)).toEqual({ active: false })
  })

  test('a token that introspection reported as expired stays expired', async () => {
    const token = await server.token(integration)
    clock.advance(3600)
    expect(await server.introspect(integration, token)).toEqual({ active: false })
    clock.step(-3600)
    expect(await server.verify(token)).toEqual(EXPIRED)
  })

  test('a superseded token stays superseded, and a newer token with an earlier iat is the live token', async () => {
    const first = await server.token(integration)
    clock.step(-3600)
    const second = await server.token(integration)
    expect(Number(decodeJwt(second).iat)).toBeLessThan(Number(decodeJwt(first).iat))
    expect(Number(decodeJwt(second)['gen'])).toBeGreaterThan(Number(decodeJwt(first)['gen']))
    expect(await server.verify(first)).toEqual(SUPERSEDED)
    expect(await server.verify(second, PREDICT)).toEqual(LIVE)
  })

  test('new tokens are issued, each for 3600 seconds', async () => {
    clock.step(-3600)
    const response = await server.requestToken(integration)
    const { access_token: token, expires_in: expiresIn } = (await response.json()) as {
      access_token: string
      expires_in: number
    }
    expect(expiresIn).toBe(3600)
    clock.advance(3599)
    expect(await server.verify(token, PREDICT)).toEqual(LIVE)
    clock.advance(1)
    expect(await server.verify(token)).toEqual(EXPIRED)
  })
})

test('after the wall clock was set two hours forward, old tokens are expired and new tokens are valid', async () => {
  const token = await server.token(integration)
  clock.step(7200)
  expect(await server.verify(token)).toEqual(EXPIRED)
  expect(await server.verify(await server.token(integration), PREDICT)).toEqual(LIVE)
})

test('a token has the configured lifetime', async () => {
  const short = await startTestServer({ clock, env: { LATCHKEY_TOKEN_LIFETIME: '5' } })
  const own = await short.integration()
  const response = await short.requestToken(own)
  const { access_token: token, expires_in: expiresIn } = (await response.json()) as {
    access_token: string
    expires_in: number
  }
  expect(expiresIn).toBe(5)
  clock.advance(5)
  expect(await short.verify(token)).toEqual(EXPIRED)
  await short.stop()
})
