// Every answer of every endpoint matches its content type. An answer without a body has no content type.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROUTE_RULES } from '../../src/http/admin/access/route-rules.ts'
import { MOCK_ROUTE_RULES } from '../../src/http/admin/mock/mock-rules.ts'
import { echo, startTestGateway, startUpstream, type TestGateway, type TestUpstream } from '../a-gateway.ts'
import { startTestMock, type TestMock } from '../a-mock.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { anAgent } from '../an-agent.ts'
import { type Asked, contradictions } from '../contradictions.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

let server: TestServer
let client: TestIntegration
let upstream: TestUpstream
let gateway: TestGateway
let mock: TestMock

beforeAll(async () => {
  server = await startTestServer()
  client = await server.integration({ resourceServer: true })
  upstream = await startUpstream(echo)
  gateway = await startTestGateway({ server, reader: client, upstream: upstream.url })
  mock = await startTestMock()
})
afterAll(async () => {
  await gateway.stop()
  await mock.remove()
  await server.stop()
  upstream.stop()
})

const every = (urls: readonly string[], headers: Readonly<Record<string, string>> = {}): readonly Asked[] =>
  urls.flatMap((url) => METHODS.map((method) => ({ method, url, headers })))

const published = (issuer: string): readonly string[] =>
  [
    ...['/v1/token', '/v1/introspect', '/v1/revoke', '/v1/verify', '/v1/verify/below', '/v1/keys', '/v1/nothing'],
    ...['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
  ].map((path) => `${issuer}${path}`)

test('every answer of the public listener matches its content type', async () => {
  const { issuer, publicUrl } = server
  const inserted = issuer.replace(publicUrl, `${publicUrl}/.well-known/oauth-authorization-server`)
  const urls = [
    ...published(issuer),
    inserted,
    ...['/', '/livez', '/readyz', '/nothing'].map((path) => publicUrl + path),
  ]
  const { basic } = client
  const form = { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' }
  const token = await server.token(client)
  const posted = (path: string, body: string): Asked => ({
    method: 'POST',
    url: `${issuer}${path}`,
    headers: form,
    body,
  })
  expect(
    await contradictions([
      ...every(urls),
      ...every(urls, { authorization: basic }),
      ...every(urls, { 'if-none-match': '*' }),
      ...every([`${issuer}/v1/verify`, `${issuer}/v1/verify/below?scope=elsewhere`], {
        authorization: `Bearer ${token}`,
      }),
      posted('/v1/introspect', `token=${token}`),
      posted('/v1/introspect', 'token=none'),
      posted('/v1/revoke', `token=${token}`),
      posted('/v1/revoke', 'token=none'),
      posted('/v1/token', `grant_type=client_credentials&scope=${PREDICT}`),
      { method: 'GET', url: `${issuer}/v1/feed`, headers: {} },
    ]),
  ).toEqual([])
})

test('every answer of the admin listener matches its content type', async () => {
  const owner = { authorization: `Bearer ${server.adminKey.reveal()}` }
  const json = { ...owner, 'content-type': 'application/json' }
  const { adminUrl } = server
  const made = await server.integration({ name: 'Comes and goes' })
  const paths = ROUTE_RULES.filter(({ url }) => !url.endsWith('/events')).map(({ method, url }) => ({
    method,
    url: adminUrl + url.replaceAll(/:\w+/g, 'none').replace('*', 'none'),
  }))
  const at = `${adminUrl}/admin/v1/integrations/${made.id}`
  const change = (method: string, url: string, body = '{}', headers = {}): Asked => ({
    method,
    url,
    headers: { ...json, ...headers },
    body,
  })
  expect(
    await contradictions([
      ...paths.map((requested) => ({ ...requested, headers: {} })),
      ...paths.map((requested) => ({ ...requested, headers: owner })),
      ...paths.filter(({ method }) => method !== 'GET').map(({ method, url }) => change(method, url)),
      ...paths.filter(({ method }) => method === 'GET').map(({ url }) => ({ method: 'HEAD', url, headers: owner })),
      ...paths
        .filter(({ method }) => method === 'GET')
        .map(({ url }) => ({ method: 'GET', url, headers: { ...owner, 'if-none-match': '*' } })),
      ...every([`${adminUrl}/nothing`, `${adminUrl}/%zz`], owner),
      { method: 'GET', url: adminUrl, headers: { accept: 'text/html' } },
      { method: 'GET', url: `${adminUrl}/admin/v1/audit/export?format=jsonl`, headers: owner },
      { method: 'GET', url: `${adminUrl}/admin/v1/audit/export?format=csv`, headers: owner },
      { method: 'GET', url: at, headers: owner },
      change('POST', `${at}/disable`),
      change('POST', `${at}/enable`),
      change('POST', `${at}/rotate-secret`),
      { method: 'DELETE', url: `${at}/tokens`, headers: owner },
      { method: 'DELETE', url: at, headers: owner },
    ]),
  ).toEqual([])
})

test('every answer of the gateway and its status listener matches its content type', async () => {
  const bearer = { authorization: `Bearer ${await server.token(client)}` }
  const urls = ['/ai/usecase/answer', '/nothing', '/%zz'].map((path) => gateway.url + path)
  const status = ['/livez', '/readyz', '/metrics', '/nothing'].map((path) => gateway.statusUrl + path)
  expect(await contradictions([...every(urls), ...every(urls, bearer), ...every(status)])).toEqual([])
})

test('every answer of the agent matches its content type', async () => {
  const agent = await anAgent({
    more: (own) => ({
      agent_key_file: join(own, 'agent.key'),
      http: { port: 0 },
      proxies: [{ name: 'api', port: 0, upstream: upstream.url, integration: 'billing', scope: PREDICT }],
    }),
  })
  const key = { authorization: `Bearer ${agent.agentKey}` }
  const paths = [
    '/token',
    `/token?scope=${PREDICT}`,
    `/refused?scope=${PREDICT}`,
    '/status',
    '/livez',
    '/readyz',
    '/metrics',
    '/nothing',
  ]
  const urls = [
    ...paths.map((path) => `${agent.httpUrl ?? ''}${path}`),
    ...agent.proxies.map(({ address }) => `${address}/a`),
  ]
  expect(await contradictions([...every(urls), ...every(urls, key)])).toEqual([])
})

test('every answer of a mock matches its content type, even when the mock simulates faults', async () => {
  const owner = { authorization: `Bearer ${mock.adminKey.reveal()}`, 'content-type': 'application/json' }
  const plan = (kind: string, more: object = {}): Asked => ({
    method: 'POST',
    url: `${mock.adminUrl}/admin/v1/mock/faults`,
    headers: owner,
    body: JSON.stringify({ endpoint: 'revoke', kind, ...more }),
  })
  const revoke: Asked = { method: 'POST', url: `${mock.issuer}/v1/revoke`, headers: {} }
  expect(
    await contradictions([
      ...every(published(mock.issuer)),
      ...MOCK_ROUTE_RULES.map(({ method, url }) => ({
        method,
        url: mock.adminUrl + url,
        headers: method === 'POST' ? owner : { authorization: owner.authorization },
        ...(method === 'POST' && { body: '{}' }),
      })),
      ...[
        plan('too_many_requests', { retry_after_seconds: 1 }),
        revoke,
        plan('unavailable', { retry_after_seconds: 1 }),
        revoke,
      ],
    ]),
  ).toEqual([])
})
