// Token requests that name the token that they replace (`latchkey_replaces`).
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODEL, PREDICT } from '../../src/domain/reference-catalog.ts'
import {
  type DesiredIntegration,
  startTestServer,
  TestClock,
  type TestIntegration,
  type TestServer,
} from '../a-server.ts'

interface Grant {
  readonly token: string
  readonly generation: number
  readonly expiresIn: number
  /** The values of `Latchkey-Issuance`, `Latchkey-Generation` and `Latchkey-Grace`. */
  readonly headers: readonly (string | null)[]
}

const HEADERS = ['latchkey-issuance', 'latchkey-generation', 'latchkey-grace']

interface Asked {
  readonly replaces?: string | number | undefined
  readonly userAgent?: string
}

const ask = (integration: TestIntegration, { replaces, userAgent = 'test' }: Asked) =>
  fetch(`${server.at}/v1/token`, {
    method: 'POST',
    headers: { authorization: integration.basic, 'user-agent': userAgent },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: PREDICT,
      ...(replaces !== undefined && { latchkey_replaces: String(replaces) }),
    }),
  })

async function grant(integration: TestIntegration, asked: Asked): Promise<Grant> {
  const response = await ask(integration, asked)
  expect(response.status).toBe(200)
  const body = (await response.json()) as { access_token: string; expires_in: number }
  return {
    token: body.access_token,
    generation: Number(decodeJwt(body.access_token)['gen']),
    expiresIn: body.expires_in,
    headers: HEADERS.map((name) => response.headers.get(name)),
  }
}

let server: TestServer
const clock = new TestClock()
const logged: Readonly<Record<string, unknown>>[] = []

beforeAll(async () => {
  server = await startTestServer({ clock, logged: (entry) => void logged.push(entry) })
})

afterAll(() => server.stop())

async function aSlot(desired: DesiredIntegration = {}) {
  const integration = await server.integration(desired)
  const next = (replaces?: string | number, userAgent?: string): Promise<Grant> =>
    grant(integration, { replaces, ...(userAgent !== undefined && { userAgent }) })
  const admin = async (path: string, init: RequestInit = {}): Promise<Record<string, unknown>> => {
    const headers = {
      authorization: `Bearer ${server.adminKey.reveal()}`,
      'content-type': 'application/json',
      ...(init.headers as Record<string, string>),
    }
    const response = await fetch(`${server.adminUrl}/admin/v1${path}`, { ...init, headers })
    expect(response.status).toBe(200)
    return (await response.json()) as Record<string, unknown>
  }
  return { integration, next, admin }
}

describe('a token request that names', () => {
  test('the live token gets a new token, and the named token ends', async () => {
    const { next } = await aSlot()
    const first = await next(0)
    const second = await next(first.generation)
    expect(second.generation).toBeGreaterThan(first.generation)
    expect([first.headers, second.headers]).toEqual([
      ['new', String(first.generation), '0'],
      ['new', String(second.generation), '0'],
    ])
    expect(await server.verify(first.token)).toEqual({ status: 401, reason: 'superseded' })
    expect(await server.verify(second.token)).toEqual({ status: 200, reason: null })
  })

  test('no token, an older token or a later token is answered with the live token and its remaining lifetime', async () => {
    const { next } = await aSlot({ graceSeconds: 60 })
    const first = await next()
    const live = await next()
    clock.advance(100)
    for (const replaces of [0, first.generation, live.generation + 5, Number.MAX_SAFE_INTEGER]) {
      const answer = await next(replaces)
      expect(decodeJwt(answer.token)).toEqual(decodeJwt(live.token))
      expect(answer).toMatchObject({ expiresIn: 3500, headers: ['live', String(live.generation), '60'] })
    }
    expect(await server.verify(live.token)).toEqual({ status: 200, reason: null })
  })

  test('a token that is not live gets a new token 30 seconds before the live token expires', async () => {
    const { next } = await aSlot()
    const live = await next()
    clock.advance(3569)
    expect((await next(0)).generation).toBe(live.generation)
    clock.advance(1)
    expect((await next(0)).generation).toBeGreaterThan(live.generation)
  })

  test('the live token gets a new token, even after the superseded token was revoked during its grace', async () => {
    const { integration, next } = await aSlot({ graceSeconds: 60 })
    const first = await next()
    const live = await next()
    await server.revoke(integration, first.token)
    expect((await next(live.generation)).generation).toBeGreaterThan(live.generation)
  })

  test('a revoked token gets a new token, and the next request that names the revoked token gets this new token too', async () => {
    const { integration, next } = await aSlot()
    const first = await next()
    await server.revoke(integration, first.token)
    const second = await next(first.generation)
    const third = await next(first.generation)
    expect(second.headers[0]).toBe('new')
    expect(third.headers).toEqual(['live', String(second.generation), '0'])
  })
})

test('64 simultaneous requests that name the same token get one new token', async () => {
  const { next } = await aSlot()
  const { generation } = await next()
  const grants = await Promise.all(Array.from({ length: 64 }, () => next(generation)))
  expect(new Set(grants.map((answer) => decodeJwt(answer.token).jti)).size).toBe(1)
  expect(grants[0]?.generation).toBeGreaterThan(generation)
})

test('conditional requests that wait together with an unconditional request get the token of that request', async () => {
  const { next } = await aSlot()
  const live = await next()
  const grants = await Promise.all([next(0), next(), next(0), next()])
  const last = Math.max(...grants.map(({ generation }) => generation))
  expect(last).toBeGreaterThan(live.generation)
  const current = await next(0)
  expect(current.generation).toBe(last)
  expect(await server.verify(current.token)).toEqual({ status: 200, reason: null })
})

test('in stable mode a request gets a new token only if it names the live token', async () => {
  const { next } = await aSlot({ mode: { kind: 'stable', renewBeforeSeconds: 300 } })
  const live = await next()
  expect((await next()).generation).toBe(live.generation)
  expect((await next(0)).headers).toEqual(['live', String(live.generation), '0'])
  expect((await next(live.generation)).headers[0]).toBe('new')
})

test('the answer to a request without latchkey_replaces, or with an empty value, has no Latchkey headers', async () => {
  const { next } = await aSlot()
  const first = await next()
  const second = await next('')
  expect([first.headers, second.headers]).toEqual([
    [null, null, null],
    [null, null, null],
  ])
  expect(second.generation).toBeGreaterThan(first.generation)
})

test.each(['-1', '1.0', '1e3', ' 1', '0x1', '9007199254740992', '99999999999999999999', 'none'])(
  'the value %j is refused with 400, and the live token stays',
  async (replaces) => {
    const { integration, next } = await aSlot()
    const live = await next()
    const response = await ask(integration, { replaces })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    expect(await server.verify(live.token)).toEqual({ status: 200, reason: null })
  },
)

test('the metadata document says that the server supports latchkey_replaces', async () => {
  const response = await fetch(`${server.at}/.well-known/oauth-authorization-server`)
  expect(await response.json()).toMatchObject({ latchkey_conditional_issuance_supported: true })
})

describe('an integration with conditional false', () => {
  test('gets a new token for each request, whatever token the request names, and no Latchkey headers', async () => {
    const { next } = await aSlot({ conditional: false })
    const first = await next(0)
    const second = await next(0)
    const third = await next('nonsense')
    expect(second.generation).toBeGreaterThan(first.generation)
    expect(third.generation).toBeGreaterThan(second.generation)
    expect(second.headers).toEqual([null, null, null])
  })

  test('can be switched on and off by the admin API, from the next request on', async () => {
    const { integration, next, admin } = await aSlot()
    expect(await admin(`/integrations/${integration.id}`)).toMatchObject({ conditional: true })
    const live = await next()
    const off = JSON.stringify({ conditional: false })
    const changed = await admin(`/integrations/${integration.id}`, {
      method: 'PATCH',
      body: off,
      headers: { 'if-match': '"v1"' },
    })
    expect(changed).toMatchObject({ conditional: false, version: 2 })
    expect((await next(0)).generation).toBeGreaterThan(live.generation)
  })
})

describe('a thief with the client secret who names no token', () => {
  test('appears in the history of the token that the server returned, and in the log', async () => {
    const { integration, next, admin } = await aSlot({ scopes: [PREDICT, MODEL] })
    const live = await next(0, 'owner')
    await next(0, 'thief')
    await next(0, 'thief')
    const path = `/integrations/${integration.id}/tokens/${PREDICT}`
    const newest = async () => ((await admin(path))['history'] as Record<string, unknown>[])[0]
    await expect.poll(newest, { timeout: 10_000 }).toMatchObject({
      generation: live.generation,
      requesters: [{ user_agent: 'owner' }],
      handed_to: [{ user_agent: 'thief', address: '127.0.0.1' }],
    })
    const shared = logged
      .filter((entry) => entry['event'] === 'token.shared' && entry['gen'] === live.generation)
      .filter((entry) => entry['client_id'] === integration.clientId)
    expect(shared).toMatchObject([
      { client_id: integration.clientId, scope: PREDICT, gen: live.generation, user_agent: 'thief' },
    ])
    expect(JSON.stringify(shared)).not.toContain(live.token)
    expect(await server.verify(live.token)).toEqual({ status: 200, reason: null })
  })

  test('still appears in the history after another token was issued', async () => {
    const { integration, next, admin } = await aSlot()
    const live = await next(0, 'owner')
    await next(0, 'thief')
    const second = await next(live.generation, 'owner')
    const path = `/integrations/${integration.id}/tokens/${PREDICT}`
    const entries = async () =>
      ((await admin(path))['history'] as { generation: number; handed_to: unknown[] }[]).map(
        ({ generation, handed_to: handedTo }) => [generation, handedTo.length],
      )
    await expect.poll(entries, { timeout: 10_000 }).toEqual([
      [second.generation, 0],
      [live.generation, 1],
    ])
  })
})
