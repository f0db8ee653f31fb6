// What the guard decides about the tokens of a real server, in the modes that need no feed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  aServer,
  MODEL,
  PREDICT,
  startTestServer,
  TestClock,
  type TestIntegration,
  type TestServer,
} from '../../../latchkey/test/a-server.ts'
import { createIntrospection } from '../../src/introspection.ts'
import { introspectLiveness } from '../../src/introspect-liveness.ts'
import { createIssuerClient } from '../../src/issuer-client.ts'
import { createKeySet } from '../../src/key-set.ts'
import { createSignedTokens } from '../../src/signed-tokens.ts'
import { aGuard, verdictOf } from '../a-guard.ts'

let server: TestServer
let client: TestIntegration
let reader: TestIntegration

beforeAll(async () => {
  server = await startTestServer()
  client = await server.integration({ name: 'Client' })
  reader = await server.integration({ name: 'APIs', resourceServer: true })
})

afterAll(() => server.stop())

const introspecting = (maxAgeSeconds = 0) => aGuard(server, { liveness: { mode: 'introspect', maxAgeSeconds }, reader })

describe('a guard that introspects', () => {
  test('accepts the live token with its claims, and refuses the token for another scope', async () => {
    const guard = introspecting()
    const decision = await guard.check(`Bearer ${await server.token(client)}`, PREDICT)
    expect(decision).toMatchObject({ ok: true, claims: { clientId: client.clientId, scope: PREDICT } })
    expect(await verdictOf(guard, await server.token(client), MODEL)).toBe('403 insufficient_scope')
  })

  test('says why a token is not active', async () => {
    const guard = introspecting()
    const first = await server.token(client)
    const second = await server.token(client)
    expect(await verdictOf(guard, first, PREDICT)).toBe('401 superseded')
    expect(await verdictOf(guard, second, PREDICT)).toBe('200')
    await server.revoke(client, second)
    expect(await verdictOf(guard, second, PREDICT)).toBe('401 revoked')
  })

  test('reuses an answer for the configured time and no longer', async () => {
    const token = await server.token(client)
    const guard = introspecting(60)
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    expect(guard.events.filter(({ type }) => type === 'introspection')).toHaveLength(1)
    const always = introspecting(0)
    for (let i = 0; i < 3; i++) expect(await verdictOf(always, token, PREDICT)).toBe('200')
    expect(always.events.filter(({ type }) => type === 'introspection')).toHaveLength(3)
  })

  test('sends only one request to the server for an expired token that arrives repeatedly', async () => {
    // The guard's clock is two hours behind.
    const past = await aServer({ clock: new TestClock(Math.floor(Date.now() / 1000) - 7200) })
    const token = await past.token(await past.integration())
    const issuer = createIssuerClient({ issuer: new URL(past.issuer) })
    const keys = createKeySet({ issuer, onChange: () => undefined, onError: () => undefined })
    await keys.load()
    const signed = await createSignedTokens({ keys, issuer: issuer.issuer, capacity: 10 }).verify(token)
    if (typeof signed === 'string') throw new Error(signed)
    let questions = 0
    const explain: typeof issuer.explain = (requested) => {
      questions++
      return issuer.explain(requested)
    }
    const introspection = createIntrospection({ issuer, onEvent: () => undefined })
    const judge = introspectLiveness({ introspection, issuer: { explain }, maxAgeSeconds: 0 })
    for (let i = 0; i < 10; i++) expect(await judge.judge(signed, { token, required: PREDICT })).toBe('expired')
    expect(questions).toBe(1)
  })

  test('answers 503, not 401, if its integration lacks the resource-server right', async () => {
    const powerless = await server.integration({ name: 'No right' })
    const guard = aGuard(server, { liveness: { mode: 'introspect', maxAgeSeconds: 0 }, reader: powerless })
    const decision = await guard.check(`Bearer ${await server.token(client)}`, PREDICT)
    expect(decision).toMatchObject({ ok: false, status: 503, code: 'RIGHT_MISSING' })
  })

  test('answers 503 when its own secret is not accepted', async () => {
    const wrong = { clientId: reader.clientId, clientSecret: client.clientSecret.reveal() }
    const guard = aGuard(server, {
      liveness: { mode: 'introspect', maxAgeSeconds: 0 },
      options: { credentials: wrong },
    })
    const decision = await guard.check(`Bearer ${await server.token(client)}`, PREDICT)
    expect(decision).toMatchObject({ ok: false, status: 503, code: 'CREDENTIALS_REFUSED' })
  })
})

test('beyond the limit of concurrent introspections the answer is 503, not 401', async () => {
  const tokens = await Promise.all(
    Array.from({ length: 70 }, async () => server.token(await server.integration({ name: 'One of many' }))),
  )
  const guard = introspecting()
  await guard.ready()
  const decisions = await Promise.all(tokens.map((token) => guard.check(`Bearer ${token}`, PREDICT)))
  expect(decisions.filter(({ ok }) => ok)).toHaveLength(64)
  const refused = decisions.flatMap((decision) => (decision.ok ? [] : [[decision.status, decision.code]]))
  expect(refused).toEqual(Array.from({ length: 6 }, () => [503, 'TOO_MANY_QUESTIONS']))
})

test('a hook that throws does not change a decision', async () => {
  const onEvent = (): void => {
    throw new Error('the counter is broken')
  }
  const guard = aGuard(server, { liveness: { mode: 'until-expiry' }, options: { onEvent } })
  expect(await verdictOf(guard, await server.token(client), PREDICT)).toBe('200')
  expect(guard.status().lastError).toMatchObject({ code: 'HOOK_FAILED' })
})

describe('a guard in the mode until-expiry', () => {
  const liveness = { mode: 'until-expiry' } as const

  test('accepts a superseded token, as configured, and refuses another scope', async () => {
    const guard = aGuard(server, { liveness })
    const token = await server.token(client)
    await server.token(client)
    expect(await verdictOf(guard, token, PREDICT)).toBe('200')
    expect(await verdictOf(guard, token, MODEL)).toBe('403 insufficient_scope')
  })

  test('refuses a token for another audience', async () => {
    const guard = aGuard(server, { liveness, options: { audience: 'api://another' } })
    expect(await verdictOf(guard, await server.token(client), PREDICT)).toBe('401 wrong_audience')
  })

  test.each([
    ['no header', undefined, 'token_missing', 'Bearer realm="latchkey"'],
    ['another scheme', 'Basic bGs6bGtz', 'token_missing', 'Bearer realm="latchkey"'],
    ['no token', 'Bearer ', 'malformed', 'error="invalid_token"'],
    ['garbage', 'Bearer garbage', 'malformed', 'error="invalid_token", error_description="The token is malformed"'],
  ])('answers %s with the challenge that RFC 6750 requires', async (_what, authorization, reason, challenge) => {
    const decision = await aGuard(server, { liveness }).check(authorization, PREDICT)
    expect(decision).toMatchObject({ ok: false, status: 401, reason })
    if (decision.ok) return
    expect(decision.headers['WWW-Authenticate']).toContain(challenge)
    expect(decision.headers['Latchkey-Reason']).toBe(reason === 'token_missing' ? undefined : reason)
    expect(decision.headers['Cache-Control']).toBe('no-store')
  })

  test('accepts the name of the scheme in upper and lower case', async () => {
    const guard = aGuard(server, { liveness })
    expect((await guard.check(`bEARER ${await server.token(client)}`, PREDICT)).ok).toBe(true)
  })
})

test('an unreachable authorization server gives 503, never 401', async () => {
  const gone = await aServer()
  const own = await gone.integration({ resourceServer: true })
  const token = await gone.token(own)
  await gone.stop()
  for (const liveness of [{ mode: 'until-expiry' }, { mode: 'introspect', maxAgeSeconds: 1 }] as const) {
    const guard = aGuard(gone, { liveness, reader: own })
    const decision = await guard.check(`Bearer ${token}`, PREDICT)
    expect(decision).toMatchObject({ ok: false, status: 503, code: 'ISSUER_UNREACHABLE' })
    if (!decision.ok) expect(decision.headers['Retry-After']).toBe('1')
  }
})
