// Node's fetch, as used by programs without an OAuth library: Basic and form credentials, caching of keys and metadata.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createIntegration, type Integration, PREDICT } from '../integrations.ts'
import { type RealServer, startServerOfSuite } from '../real-server.ts'

let server: RealServer
let integration: Integration

beforeAll(async () => {
  server = await startServerOfSuite()
  integration = await createIntegration(server)
})
afterAll(async () => void (await server.stop()))

interface TokenAnswer {
  readonly access_token: string
}

test('a form with the credentials inside gets a token that verify accepts', async () => {
  const answer = await fetch(`${server.issuer}/v1/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: PREDICT,
      client_id: integration.clientId,
      client_secret: integration.clientSecret.reveal(),
    }),
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const { access_token: token } = (await answer.json()) as TokenAnswer
  const verdict = await fetch(`${server.issuer}/v1/verify?scope=${PREDICT}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(verdict.status).toBe(200)
  expect(verdict.headers.get('x-latchkey-client-id')).toBe(integration.clientId)
})

test('many requests over kept-alive connections all get a token, and after the last answer one token is live', async () => {
  const request = () =>
    fetch(`${server.issuer}/v1/token?grant_type=client_credentials&scope=${PREDICT}`, {
      method: 'POST',
      headers: { authorization: integration.basic },
    }).then((answer) => answer.json() as Promise<TokenAnswer>)
  const tokens = (await Promise.all(Array.from({ length: 40 }, request))).map((answer) => answer.access_token)
  const verify = (token: string) =>
    fetch(`${server.issuer}/v1/verify`, { headers: { authorization: `Bearer ${token}` } })
  const statuses = await Promise.all([...new Set(tokens)].map(async (token) => (await verify(token)).status))
  expect(statuses.filter((status) => status === 200)).toHaveLength(1)
  expect(statuses.filter((status) => status !== 200 && status !== 401)).toEqual([])
})

test.each(['/v1/keys', '/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])(
  '%s may be cached, and a caller that has the current version gets an answer without a body',
  async (path) => {
    const first = await fetch(`${server.issuer}${path}`)
    expect(first.headers.get('cache-control')).toBe('public, max-age=300')
    const etag = first.headers.get('etag') ?? ''
    expect((await first.text()).length).toBeGreaterThan(100)
    const again = await fetch(`${server.issuer}${path}`, { headers: { 'if-none-match': etag } })
    expect(again.status).toBe(304)
    expect(await again.text()).toBe('')
  },
)
