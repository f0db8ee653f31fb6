// The mock is the real server, with a marker header in each answer and with routes that control the mock.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { MOCK_ROUTE_RULES } from '../../src/http/admin/mock/mock-rules.ts'
import { startTestMock, type TestMock } from '../a-mock.ts'
import { MODEL, PREDICT, startTestServer } from '../a-server.ts'
import { ask, headerOf, RawConnection } from '../raw-http.ts'

let mock: TestMock
let basic: string

beforeAll(async () => {
  mock = await startTestMock()
  const demo = mock.firstStart?.demo
  basic = `Basic ${Buffer.from(`${demo?.clientId ?? ''}:${demo?.clientSecret.reveal() ?? ''}`).toString('base64')}`
})
afterAll(() => mock.remove())
beforeEach(() => admin('DELETE', '/faults'))

const clientId = (): string => mock.firstStart?.demo?.clientId ?? ''

const admin = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${mock.adminUrl}/admin/v1/mock${path}`, {
    method,
    headers: {
      authorization: `Bearer ${mock.adminKey.reveal()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

const requestToken = (scope: string = PREDICT): Promise<Response> =>
  fetch(`${mock.issuer}/v1/token?grant_type=client_credentials&scope=${scope}`, {
    method: 'POST',
    headers: { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' },
  })

async function newToken(scope?: string): Promise<string> {
  const response = await requestToken(scope)
  expect(response.status).toBe(200)
  return ((await response.json()) as { access_token: string }).access_token
}

async function verify(token: string): Promise<readonly [status: number, reason: string | null]> {
  const { status, headers } = await fetch(`${mock.issuer}/v1/verify`, { headers: { authorization: `Bearer ${token}` } })
  return [status, headers.get('latchkey-reason')]
}

describe('an answer has the marker header of a mock:', () => {
  test.each([
    ['a token', () => requestToken()],
    ['a refusal', () => fetch(`${mock.issuer}/v1/token`, { method: 'POST' })],
    ['a verdict', () => fetch(`${mock.issuer}/v1/verify`)],
    ['keys', () => fetch(`${mock.issuer}/v1/keys`)],
    ['a path where nothing is', () => fetch(`${mock.publicUrl}/nothing`)],
    ['the admin API', () => admin('GET', '')],
    ['the admin API without a key', () => fetch(`${mock.adminUrl}/admin/v1/integrations`)],
    ['a path of the admin listener where nothing is', () => fetch(`${mock.adminUrl}/nothing`)],
  ])('of %s', async (_, answer) => {
    expect((await answer()).headers.get('latchkey-mock')).toBe('1')
  })

  test.each([
    ['public', () => mock.publicUrl],
    ['admin', () => mock.adminUrl],
  ])('of the %s listener to invalid HTTP', async (_, origin) => {
    const connection = await RawConnection.open(origin())
    connection.write('NONSENSE\r\n\r\n')
    expect(headerOf(await connection.answer(), 'latchkey-mock')).toBe('1')
    connection.destroy()
  })
})

test('a real server has neither the marker header nor the routes of a mock', async () => {
  const server = await startTestServer()
  for (const { method, url } of MOCK_ROUTE_RULES) {
    const response = await fetch(`${server.adminUrl}${url}`, {
      method,
      headers: { authorization: `Bearer ${server.adminKey.reveal()}` },
    })
    expect(response.status).toBe(404)
    expect(response.headers.get('latchkey-mock')).toBeNull()
  }
  const { headers } = await fetch(`${server.issuer}/v1/keys`)
  expect(headers.get('latchkey-mock')).toBeNull()
  await server.stop()
})

test('the routes of a mock need the admin key, and accept no access token', async () => {
  const token = await newToken()
  for (const { method, url } of MOCK_ROUTE_RULES) {
    for (const headers of [{}, { authorization: `Bearer ${token}` }]) {
      expect((await fetch(`${mock.adminUrl}${url}`, { method, headers })).status).toBe(401)
    }
  }
})

describe('the clock of a mock', () => {
  test('can be advanced, so that a token expires at once', async () => {
    const token = await newToken()
    await admin('POST', '/clock', { advance_seconds: 3560 })
    expect(await verify(token)).toEqual([200, null])
    await admin('POST', '/clock', { advance_seconds: 40 })
    expect(await verify(token)).toEqual([401, 'expired'])
    expect(await verify(await newToken())).toEqual([200, null])
  })

  test('can be set back, and makes no token live again', async () => {
    const token = await newToken()
    await admin('POST', '/clock', { advance_seconds: 3600 })
    expect(await verify(token)).toEqual([401, 'expired'])
    await admin('POST', '/clock', { step_seconds: -7200 })
    expect(await verify(token)).toEqual([401, 'expired'])
    await admin('POST', '/clock', { step_seconds: 7200 })
  })

  test('shows its time and its offset', async () => {
    const before = (await (await admin('GET', '')).json()) as { now: number; clock_offset_seconds: number }
    const after = (await (await admin('POST', '/clock', { step_seconds: 100 })).json()) as typeof before
    expect(after.clock_offset_seconds - before.clock_offset_seconds).toBe(100)
    expect(after.now - before.now).toBeGreaterThanOrEqual(100)
    await admin('POST', '/clock', { step_seconds: -100 })
  })

  test.each([
    {},
    { advance_seconds: 1, step_seconds: 1 },
    { advance_seconds: -1 },
    { advance_seconds: 0.5 },
    { now: 1 },
  ])('cannot be set by the body %j', async (body) => {
    expect((await admin('POST', '/clock', body)).status).toBe(400)
  })
})

describe('forced supersession', () => {
  test('ends the live token of one scope, and the answer does not contain the new token', async () => {
    const [token, other] = [await newToken(PREDICT), await newToken(MODEL)]
    const response = await admin('POST', '/supersede', { integration: clientId(), scope: PREDICT })
    expect(response.status).toBe(201)
    const text = await response.text()
    expect(text).not.toContain('eyJ')
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string }
    expect(JSON.parse(text)).toMatchObject({ kind: 'issued', superseded: { jti } })
    expect(await verify(token)).toEqual([401, 'superseded'])
    expect(await verify(other)).toEqual([200, null])
  })

  test('of an unknown integration or scope is refused', async () => {
    expect((await admin('POST', '/supersede', { integration: 'lk0000000000000x', scope: PREDICT })).status).toBe(404)
    expect((await admin('POST', '/supersede', { integration: clientId(), scope: 'no.such' })).status).toBe(422)
  })
})

describe('planned faults', () => {
  test.each([
    ['429', 429],
    ['503', 503],
  ])('with %s are used as often as planned, with Retry-After, and the live token stays live', async (fault, status) => {
    const token = await newToken()
    await admin('POST', '/faults', { endpoint: 'token', fault, times: 2, retry_after_seconds: 7 })
    for (let time = 0; time < 2; time++) {
      const response = await requestToken()
      expect(response.status).toBe(status)
      expect(response.headers.get('retry-after')).toBe('7')
      expect(response.headers.has('x-rate-limit-reset')).toBe(status === 429)
      expect(await response.json()).toMatchObject({ error: 'temporarily_unavailable' })
    }
    expect(await verify(token)).toEqual([200, null])
    expect((await requestToken()).status).toBe(200)
  })

  test('with a slow answer delay the answer, and the token is live before the answer arrives', async () => {
    const older = await newToken()
    await admin('POST', '/faults', { endpoint: 'token', fault: 'slow', delay_milliseconds: 1000 })
    const began = performance.now()
    let isAnswered = false
    const answer = requestToken().finally(() => (isAnswered = true))
    await expect.poll(() => verify(older)).toEqual([401, 'superseded'])
    expect(isAnswered).toBe(false)
    expect((await answer).status).toBe(200)
    expect(performance.now() - began).toBeGreaterThanOrEqual(990)
  })

  test('with a dropped answer send no answer, but the request is executed', async () => {
    const older = await newToken()
    await admin('POST', '/faults', { endpoint: 'token', fault: 'dropped' })
    await expect(requestToken()).rejects.toThrow('fetch failed')
    expect(await verify(older)).toEqual([401, 'superseded'])
    const target = `${new URL(mock.issuer).pathname}/v1/revoke`
    await admin('POST', '/faults', { endpoint: 'revoke', fault: 'dropped' })
    await expect(ask(mock.publicUrl, { target })).rejects.toThrow('the connection ended after 0 bytes')
  })

  test.each([
    ['introspect', 'POST', '/v1/introspect'],
    ['revoke', 'POST', '/v1/revoke'],
    ['verify', 'GET', '/v1/verify'],
    ['verify', 'GET', '/v1/verify/ai/usecase'],
    ['keys', 'GET', '/v1/keys'],
    ['metadata', 'GET', '/.well-known/oauth-authorization-server'],
  ])('can be planned for %s (%s %s)', async (endpoint, method, path) => {
    await admin('POST', '/faults', { endpoint, fault: '503' })
    expect((await fetch(`${mock.issuer}${path}`, { method })).status).toBe(503)
    expect((await fetch(`${mock.issuer}${path}`, { method })).status).not.toBe(503)
  })

  test('can be listed and removed', async () => {
    await admin('POST', '/faults', { endpoint: 'verify', fault: 'slow', delay_milliseconds: 5, times: 3 })
    const { faults } = (await (await admin('GET', '')).json()) as { faults: unknown }
    expect(faults).toEqual([{ endpoint: 'verify', fault: 'slow', times: 3, delay_milliseconds: 5 }])
    expect(await (await admin('DELETE', '/faults')).json()).toMatchObject({ faults: [] })
  })

  test.each([
    {},
    { endpoint: 'token' },
    { endpoint: 'token', fault: 'explodes' },
    { endpoint: 'admin', fault: '503' },
    { endpoint: 'token', fault: 'slow' },
    { endpoint: 'token', fault: 'dropped', delay_milliseconds: 5 },
    { endpoint: 'token', fault: '503', times: 0 },
  ])('cannot be planned by the body %j', async (body) => {
    expect((await admin('POST', '/faults', body)).status).toBe(400)
  })
})
