// The server throttles failed client authentication. It never throttles right credentials, so no attacker can lock a
// client out.
import { Secret, toBasicCredentials } from '@latchkey/protocol'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addressRanges } from '../address-ranges.ts'
import { aServer, PREDICT, startTestServer, TestClock, type TestIntegration, type TestServer } from '../a-server.ts'
import { bareEndpoints } from '../bare-endpoints.ts'
import { changing } from '../changing.ts'
import { aClientKey, anAssertion, assertionForm, register } from '../client-assertions.ts'

const ENDPOINTS = ['/v1/token', '/v1/introspect', '/v1/revoke'] as const
type Endpoint = (typeof ENDPOINTS)[number]

const WRONG = new Secret('lks_wrong')

const clock = new TestClock()
let server: TestServer

// The server trusts a proxy in front of it, so each request can choose its address with X-Forwarded-For.
beforeAll(async () => {
  server = await startTestServer({ clock, env: { LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' } })
})

afterAll(() => server.stop())

// When the next test begins, the counts of this test have expired.
afterEach(() => {
  clock.advance(60)
})

interface Attempt {
  readonly clientId: string
  readonly clientSecret?: Secret
  readonly from: string
  readonly at?: Endpoint
  readonly to?: TestServer
}

const attempt = ({ clientId, clientSecret = WRONG, from, at = '/v1/token', to = server }: Attempt): Promise<Response> =>
  fetch(to.issuer + at, {
    method: 'POST',
    headers: { authorization: toBasicCredentials(clientId, clientSecret), 'x-forwarded-for': from },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: PREDICT,
      ...(at !== '/v1/token' && { token: 'x' }),
    }),
  })

async function failures(times: number, of: Attempt): Promise<readonly number[]> {
  const answers = await Promise.all(Array.from({ length: times }, () => attempt(of)))
  return answers.map(({ status }) => status).toSorted()
}

const times = (count: number, status: number): readonly number[] => Array.from({ length: count }, () => status)

describe.each(ENDPOINTS)('%s', (at) => {
  test('answers the 101st failure of a client ID from one address with 429 and Retry-After', async () => {
    const { clientId } = await server.integration()
    const caller = { clientId, from: '192.0.2.7', at }
    expect(await failures(100, caller)).toEqual(times(100, 401))
    clock.advance(20)
    const answer = await attempt(caller)
    expect(answer.status).toBe(429)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'retry-after': '40',
      'x-rate-limit-limit': '100',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-reset': String(clock.now() + 40),
    })
    expect(await answer.json()).toEqual({
      error: 'temporarily_unavailable',
      error_description: expect.stringMatching(/too often .* accepts correct credentials at once/) as unknown,
    })
  })

  test('accepts the right secret at once, from the throttled address and from other addresses', async () => {
    const integration = await server.integration()
    const { clientId, clientSecret } = integration
    expect(await failures(150, { clientId, from: '192.0.2.7', at })).toEqual([...times(100, 401), ...times(50, 429)])
    for (const from of ['192.0.2.7', '192.0.2.8', '2001:db8::1']) {
      expect((await attempt({ clientId, clientSecret, from, at })).status).toBe(200)
    }
  })

  test('counts each replay of an assertion as a failure, and answers the 101st with 429', async () => {
    const { clientId } = await server.integration()
    const key = aClientKey()
    await register(server, clientId, key)
    const assertion = anAssertion({ clientId, issuer: server.issuer, key }, timesAt(clock.now()))
    const send = async () => {
      const body = assertionForm(assertion, {
        grant_type: 'client_credentials',
        scope: PREDICT,
        ...(at !== '/v1/token' && { token: 'x' }),
      })
      return (await fetch(server.issuer + at, { method: 'POST', body })).status
    }
    expect(await send()).toBe(200)
    const replays = await Promise.all(Array.from({ length: 101 }, send))
    expect(replays.toSorted()).toEqual([...times(100, 401), 429])
  })
})

const timesAt = (now: number) => ({ iat: now, exp: now + 60 })

test('the endpoints for tokens, introspection and revocation share one count of failures', async () => {
  const { clientId } = await server.integration()
  const from = '192.0.2.7'
  for (const at of ENDPOINTS) await failures(40, { clientId, from, at })
  for (const at of ENDPOINTS) expect((await attempt({ clientId, from, at })).status).toBe(429)
})

test('the count of failures ends a minute after its first failure, even if the wall clock is changed', async () => {
  const { clientId } = await server.integration()
  const caller = { clientId, from: '192.0.2.7' }
  await failures(101, caller)
  clock.step(3600)
  expect((await attempt(caller)).status).toBe(429)
  clock.step(-7200)
  clock.advance(59)
  const last = await attempt(caller)
  expect([last.status, last.headers.get('retry-after')]).toEqual([429, '1'])
  clock.advance(1)
  expect(await failures(101, caller)).toEqual([...times(100, 401), 429])
})

test('each pair of client ID and address has its own count of failures', async () => {
  const [one, other] = [await server.integration(), await server.integration()]
  await failures(101, { clientId: one.clientId, from: '192.0.2.7' })
  expect((await attempt({ clientId: one.clientId, from: '192.0.2.8' })).status).toBe(401)
  expect((await attempt({ clientId: other.clientId, from: '192.0.2.7' })).status).toBe(401)
})

test('without a trusted proxy failures are counted by the address of the socket', async () => {
  const trustsNobody = await aServer({ clock })
  const { clientId } = await trustsNobody.integration()
  const statuses = await Promise.all(
    Array.from({ length: 101 }, (_, i) => attempt({ clientId, from: `192.0.2.${String(i)}`, to: trustsNobody })),
  )
  expect(statuses.map(({ status }) => status).toSorted()).toEqual([...times(100, 401), 429])
})

test('1000 failures over many client IDs throttle further failures from the address', async () => {
  const { ask, integration } = await bareEndpoints()
  const { basic } = await integration()
  const spray = (i: number) =>
    ask({
      path: `/v1/token?grant_type=client_credentials&scope=${PREDICT}`,
      headers: [['Authorization', toBasicCredentials(`lk${String(i).padStart(14, '0')}`, WRONG)]],
    })
  const statuses: number[] = []
  for (let i = 0; i < 1005; i++) statuses.push((await spray(i)).status)
  expect(statuses).toEqual([...times(1000, 401), ...times(5, 429)])
  const { headers } = await spray(2000)
  expect(headers[headers.indexOf('X-Rate-Limit-Limit') + 1]).toBe('1000')
  const good = await ask({
    path: `/v1/token?grant_type=client_credentials&scope=${PREDICT}`,
    headers: [basic],
  })
  expect(good.status).toBe(200)
})

describe('the answer 429 reveals nothing:', () => {
  const bytesOf = async (answer: Response): Promise<string> =>
    JSON.stringify([
      answer.status,
      [...answer.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
      await answer.text(),
    ])

  test('an unknown client, a wrong secret, a disabled integration and a wrong address get the same bytes', async () => {
    const [known, disabled, elsewhere] = [
      await server.integration(),
      await server.integration(),
      await server.integration(),
    ]
    await server.integrations.change(disabled.clientId, ...changing({ kind: 'disable' }))
    await server.integrations.change(
      elsewhere.clientId,
      ...changing({ kind: 'set_allowed_addresses', ranges: addressRanges('198.51.100.1') }),
    )
    const unknown = { clientId: 'lk00000000000000' }
    const callers: Pick<TestIntegration & Attempt, 'clientId'>[] = [
      unknown,
      { clientId: known.clientId },
      disabled,
      elsewhere,
    ]
    const answers: string[] = []
    for (const caller of callers) {
      await failures(100, { ...caller, from: '192.0.2.7' })
      answers.push(await bytesOf(await attempt({ ...caller, from: '192.0.2.7' })))
    }
    expect(answers[0]).toMatch(/^\[429,/)
    expect(new Set(answers).size).toBe(1)
  })
})

test('fifty programs that each try the secret in the header and then in the body stay below the limit', async () => {
  const integration = await server.integration()
  const inBody = (clientSecret: Secret) =>
    fetch(`${server.issuer}/v1/token`, {
      method: 'POST',
      headers: { 'x-forwarded-for': '192.0.2.7' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: integration.clientId,
        client_secret: clientSecret.reveal(),
        scope: PREDICT,
      }),
    })
  const { clientId, clientSecret } = integration
  // Fifty programs with an outdated secret start in the same minute, and each program sends the secret in the header
  // and then in the body.
  for (let i = 0; i < 50; i++) {
    expect((await attempt({ clientId, from: '192.0.2.7' })).status).toBe(401)
    expect((await inBody(WRONG)).status).toBe(401)
  }
  expect((await attempt({ clientId, clientSecret, from: '192.0.2.7' })).status).toBe(200)
  expect((await inBody(clientSecret)).status).toBe(200)
})

test('only refused credentials are counted as failures', async () => {
  const { clientId, basic } = await server.integration()
  const unknownScope = () =>
    fetch(`${server.issuer}/v1/token?grant_type=client_credentials&scope=none`, {
      method: 'POST',
      headers: { authorization: basic, 'x-forwarded-for': '192.0.2.7' },
    })
  for (let i = 0; i < 120; i++) expect((await unknownScope()).status).toBe(400)
  expect((await attempt({ clientId, from: '192.0.2.7' })).status).toBe(401)
})

test('verify is never throttled, because reverse proxies turn a 429 into their own error', async () => {
  const integration = await server.integration()
  const token = await server.token(integration)
  await failures(101, { clientId: integration.clientId, from: '127.0.0.1' })
  const statuses = await Promise.all(Array.from({ length: 1100 }, () => server.verify(`${token.slice(0, -2)}xx`)))
  expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([401]))
  expect(await server.verify(token)).toEqual({ status: 200, reason: null })
})

test('the log has one line for a throttled caller, with address and cause, and no line for further failures', async () => {
  const { ask, logged } = await bareEndpoints()
  const basic = toBasicCredentials('lk00000000000000', WRONG)
  for (let i = 0; i < 150; i++) {
    await ask({ path: '/v1/revoke?token_type_hint=x', headers: [['Authorization', basic], FORM], body: 'token=x' })
  }
  const lines = logged()
  expect(lines).toHaveLength(101)
  expect(lines.at(-1)).toMatchObject({
    event: 'auth.throttled',
    reason: 'too_many_failures',
    failure: 'unknown_client',
    client_id: 'lk00000000000000',
    'client.address': '192.0.2.7',
    'http.response.status_code': 429,
  })
})

const FORM = ['Content-Type', 'application/x-www-form-urlencoded'] as const
