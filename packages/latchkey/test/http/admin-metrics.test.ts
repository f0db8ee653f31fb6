// The names and values of the metrics. Callers cannot increase the number of series.
import { describe, expect, test } from 'vitest'
import { aPlatform, made, podClaims, podRule, tokenOf } from '../a-platform.ts'
import { aKeyServer } from '../a-key-server.ts'
import { aServer, PREDICT, TestClock, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, assertionForm, register } from '../client-assertions.ts'
import { readEvents } from '../event-reader.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

const get = (server: TestServer, key = server.adminKey.reveal()): Promise<Response> =>
  fetch(`${server.adminUrl}/metrics`, { headers: { authorization: `Bearer ${key}` } })

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

async function scrape(server: TestServer): Promise<readonly Sample[]> {
  const text = await (await get(server)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [, name = '', labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', said = '']) => [
      label,
      said,
    ])
    return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) }
  })
}

/** Returns the sum of all series with this name and these labels. The series may have other labels too. */
const sumOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number =>
  samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)

test('the metrics count requests by result and reason', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const first = await server.token(integration)
  await server.token(integration)
  await server.verify(first)
  await server.verify(await server.token(integration), PREDICT)
  await server.requestToken(integration, 'no.such.scope')
  const samples = await scrape(server)
  expect(sumOf(samples, 'latchkey_tokens_issued_total', { result: 'issued' })).toBe(3)
  expect(sumOf(samples, 'latchkey_tokens_issued_total', { result: 'reused' })).toBe(0)
  expect(sumOf(samples, 'latchkey_tokens_superseded_total')).toBe(2)
  expect(sumOf(samples, 'latchkey_token_remaining_seconds_count')).toBe(2)
  expect(sumOf(samples, 'latchkey_token_remaining_seconds_bucket', { le: '3300' })).toBe(0)
  expect(sumOf(samples, 'latchkey_auth_decisions_total', { result: 'refused', reason: 'superseded' })).toBe(1)
  expect(sumOf(samples, 'latchkey_auth_decisions_total', { result: 'refused' })).toBe(1)
  expect(sumOf(samples, 'latchkey_auth_decisions_total', { result: 'accepted' })).toBe(1)
  expect(sumOf(samples, 'latchkey_requests_refused_total', { endpoint: 'token', reason: 'scope_unknown' })).toBe(1)
  expect(sumOf(samples, 'latchkey_live_tokens')).toBe(1)
  expect(sumOf(samples, 'latchkey_contended_slots')).toBe(0)
  expect(sumOf(samples, 'latchkey_signing_duration_seconds_count')).toBe(3)
  expect(sumOf(samples, 'latchkey_store_up')).toBe(1)
})

test('the metrics count each authenticated request once, by its method', async () => {
  const server = await aServer()
  const integration = await server.integration({ resourceServer: true })
  const { clientId, clientSecret, basic } = integration
  const key = aClientKey('ES256')
  await register(server, clientId, key)
  const assert = () => anAssertion({ clientId, issuer: server.issuer, key })
  const grant = { grant_type: 'client_credentials', scope: PREDICT }
  const inBody = { client_id: clientId, client_secret: clientSecret.reveal() }
  const post = async (path: string, body: URLSearchParams, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${server.issuer}${path}`, { method: 'POST', headers, body })
    await answer.body?.cancel()
    return answer.status
  }
  const replayed = assert()
  const statuses = [
    await post('/v1/token', new URLSearchParams(grant), { authorization: basic }),
    await post('/v1/token', new URLSearchParams({ ...grant, scope: 'no.such.scope' }), { authorization: basic }),
    await post('/v1/token', new URLSearchParams(grant), { authorization: `Basic ${btoa(`${clientId}:wrong`)}` }),
    await post('/v1/token', new URLSearchParams({ ...grant, ...inBody })),
    await post('/v1/revoke', new URLSearchParams({ ...inBody, token: 'none' })),
    await post('/v1/token', assertionForm(replayed, grant)),
    await post('/v1/token', assertionForm(replayed, grant)),
    await post('/v1/introspect', assertionForm(assert(), { token: 'none' })),
    await post('/v1/feed', assertionForm(assert())),
  ]
  expect(statuses).toEqual([200, 400, 401, 200, 200, 200, 401, 200, 200])
  const samples = await scrape(server)
  const counted = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'].map((method) =>
    sumOf(samples, 'latchkey_authentications_total', { method }),
  )
  expect(counted).toEqual([2, 2, 3])
  expect(sumOf(samples, 'latchkey_assertion_verification_seconds_count', { alg: 'ES256' })).toBe(4)
  expect(sumOf(samples, 'latchkey_assertion_verification_seconds_sum', { alg: 'ES256' })).toBeGreaterThan(0)
  expect(sumOf(samples, 'latchkey_assertion_verification_seconds_count')).toBe(4)
})

test('the metrics count an authentication with the assertion of a platform under the method private_key_jwt', async () => {
  const server = await aServer()
  const platform = aPlatform(server, { alg: 'ES256' })
  await made(server, 'POST', '/issuers', platform.registration)
  const { id } = await server.integration()
  await made(server, 'POST', `/integrations/${id}/credentials`, podRule(platform.name))
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(200)
  const samples = await scrape(server)
  const counted = ['client_secret_post', 'private_key_jwt'].map((method) =>
    sumOf(samples, 'latchkey_authentications_total', { method }),
  )
  expect(counted).toEqual([0, 1])
})

test('the metrics count fetches of an issuer’s keys by result, and show the age of the keys', async () => {
  const clock = new TestClock()
  const keys = await aKeyServer({ name: '127.0.0.1' })
  const server = await aServer({ clock, env: { LATCHKEY_KEY_SOURCE_NETWORKS: '127.0.0.1' } })
  const platform = aPlatform(server, { alg: 'ES384' })
  const registration = {
    ...platform.registration,
    keys: { source: 'jwks_uri', uri: `${keys.origin}/keys` },
    tls_ca: keys.certificate.cert,
  }
  const { id } = await made(server, 'POST', '/issuers', registration)
  const inline = aPlatform(server, { name: 'inline-cluster' })
  await made(server, 'POST', '/issuers', inline.registration)
  const [fetched, age] = ['latchkey_key_source_fetches_total', 'latchkey_key_source_age_seconds']
  const before = await scrape(server)
  expect(before.some(({ name, labels }) => name === fetched && labels['result'] === 'good')).toBe(true)
  expect(sumOf(before, fetched)).toBe(0)
  expect(before.filter(({ name }) => name === age)).toEqual([])

  keys.publish({ keys: [{ ...platform.key.jwk, use: 'sig' }] })
  await made(server, 'POST', `/issuers/${String(id)}/refresh`)
  const { id: integration } = await server.integration()
  await made(server, 'POST', `/integrations/${integration}/credentials`, podRule(platform.name))
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(200)
  clock.advance(40)
  await keys.stop()
  await made(server, 'POST', `/issuers/${String(id)}/refresh`)
  const after = await scrape(server)
  expect(sumOf(after, fetched, { issuer: platform.name, result: 'good' })).toBe(1)
  expect(sumOf(after, fetched, { issuer: platform.name, result: 'connection_failed' })).toBe(1)
  expect(sumOf(after, fetched)).toBe(2)
  expect(after.filter(({ name }) => name === age)).toMatchObject([{ labels: { issuer: platform.name }, value: 40 }])
  expect(sumOf(after, 'latchkey_assertion_verification_seconds_count', { alg: 'ES384' })).toBe(1)
})

test('the metrics have no series for a deleted issuer', async () => {
  const server = await aServer()
  const registration = { ...aPlatform(server).registration, keys: { source: 'discovery' } }
  const { id } = await made(server, 'POST', '/issuers', registration)
  const ofIssuers = async () => (await scrape(server)).filter(({ labels }) => 'issuer' in labels)
  expect(await ofIssuers()).not.toEqual([])
  await made(server, 'DELETE', `/issuers/${String(id)}`)
  expect(await ofIssuers()).toEqual([])
})

test('the metrics measure the duration of commits, and the duration of requests by route, method and status', async () => {
  const server = await aServer()
  const integration = await server.integration()
  await server.token(integration)
  const token = await server.token(integration)
  await server.verify(token)
  const samples = await scrape(server)
  const route = '/oauth2/{authServerId}/v1/token'
  const labels = { http_route: route, http_request_method: 'POST', http_response_status_code: '200' }
  expect(sumOf(samples, 'http_server_request_duration_seconds_count', labels)).toBe(2)
  expect(sumOf(samples, 'http_server_request_duration_seconds_bucket', { ...labels, le: '+Inf' })).toBe(2)
  expect(sumOf(samples, 'http_server_request_duration_seconds_sum', labels)).toBeGreaterThan(0)
  expect(sumOf(samples, 'http_server_active_requests')).toBe(0)
  expect(sumOf(samples, 'db_client_operation_duration_seconds_count', { operation: 'commit' })).toBeGreaterThan(2)
})

describe('the number of series does not depend on callers:', () => {
  test('a path, method or client ID that a caller makes up is never a label', async () => {
    const server = await aServer()
    const { clientId, basic } = await server.integration()
    const before = (await scrape(server)).length
    for (let n = 0; n < 20; n++) {
      const answers = await Promise.all([
        fetch(`${server.publicUrl}/made-up/${String(n)}`, { method: 'PROPFIND' }),
        fetch(`${server.issuer}/v1/verify/made-up/${String(n)}?scope=made.up.${String(n)}`),
        fetch(`${server.issuer}/v1/token`, {
          method: 'POST',
          headers: { authorization: `Basic ${btoa(`made-up-${String(n)}:x`)}` },
        }),
        fetch(`${server.issuer}/v1/token?grant_type=made-up-${String(n)}`, {
          method: 'POST',
          headers: { authorization: basic },
        }),
      ])
      for (const answer of answers) await answer.arrayBuffer()
    }
    const after = await scrape(server)
    expect(JSON.stringify(after)).not.toContain('made-up')
    expect(JSON.stringify(after)).not.toContain(clientId)
    // These are four routes with one status each, and the series of the reasons.
    expect(after.length - before).toBeLessThan(4 * 20 + 10)
    expect(sumOf(after, 'http_server_request_duration_seconds_count', { http_request_method: '_OTHER' })).toBe(20)
  })
})

test('every metric has help and type, and names are unique', async () => {
  const text = await (await get(await aServer())).text()
  const names = [...text.matchAll(/^# TYPE (\S+) (counter|gauge|histogram)$/gm)].map(([, name]) => name)
  const helps = [...text.matchAll(/^# HELP (\S+) \S.*\.$/gm)].map(([, name]) => name)
  expect(helps).toEqual(names)
  expect(new Set(names).size).toBe(names.length)
  expect(names).toEqual(
    expect.arrayContaining([
      'latchkey_build_info',
      'latchkey_signing_key_age_seconds',
      'latchkey_event_feed_subscribers',
      'latchkey_event_lag_seconds',
      'process_resident_memory_bytes',
    ]),
  )
})

test('metrics, activity and live events never contain a secret or token, wherever a caller puts it in a request', async () => {
  const server = await aServer()
  const integration = await server.integration()
  const { clientId, clientSecret, basic } = integration
  const events = await readEvents(`${server.adminUrl}/admin/v1/events`, server.adminKey.reveal())
  const secret = clientSecret.reveal()
  const token = await server.token(integration)
  const post = (path: string, authorization: string, body?: string): Promise<Response> =>
    fetch(`${server.issuer}${path}`, {
      method: 'POST',
      headers: { authorization, 'user-agent': 'client', ...(body !== undefined && FORM) },
      ...(body !== undefined && { body }),
    })
  const misplaced = [
    post('/v1/token?grant_type=client_credentials', `Basic ${btoa(`${secret}:${clientId}`)}`),
    post(`/v1/token?grant_type=${secret}`, basic),
    post(`/v1/token?grant_type=client_credentials&scope=${token}`, basic),
    post(`/v1/introspect?token=${token}`, basic),
    post('/v1/revoke', `Basic ${btoa(`${clientId}:wrong`)}`, `token=${token}`),
    fetch(`${server.issuer}/v1/verify?scope=${token}`, { headers: { authorization: `Bearer ${token}` } }),
    fetch(`${server.issuer}/v1/verify`, { headers: { authorization: `Bearer ${secret}` } }),
    fetch(`${server.publicUrl}/${secret}/${token}`),
  ]
  for (const answer of misplaced) expect((await answer).status).toBeGreaterThanOrEqual(400)
  await server.token(integration)
  const reported: unknown[] = [await (await get(server)).text()]
  for (const path of ['/overview', `/integrations/${clientId}/activity`]) {
    const headers = { authorization: `Bearer ${server.adminKey.reveal()}` }
    reported.push(await (await fetch(`${server.adminUrl}/admin/v1${path}`, { headers })).text())
  }
  const issuances = [await events.next('issuance'), await events.next('issuance')]
  reported.push(issuances, events.skipped())
  events.close()
  const text = JSON.stringify(reported)
  expect(text).toContain('wrong_secret')
  for (const bytes of [secret, basic.slice('Basic '.length), ...token.split('.').slice(1)])
    expect(text).not.toContain(bytes)
})

test('reading the metrics needs an admin key', async () => {
  const server = await aServer()
  const token = await server.token(await server.integration())
  expect((await get(server)).headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect((await get(server, token)).status).toBe(401)
})
