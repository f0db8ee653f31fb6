// The issuer of a mock signs tokens as platforms do. The mock trusts this issuer without fetching its keys.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestMock, type TestMock } from '../a-mock.ts'
import { PREDICT, startTestServer } from '../a-server.ts'
import { assertionForm, type Json } from '../client-assertions.ts'

const FAULTS = ['expired', 'audience', 'signature', 'kid']
const JWT_SPIFFE = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'

/** The trusted issuer of each platform, and the claim by which a trust rule recognizes the workload. */
const PLATFORMS: Readonly<Record<string, { readonly url: string; readonly claim: string; readonly equals: string }>> = {
  kubernetes: {
    url: 'https://kubernetes.default.svc.cluster.local',
    claim: 'sub',
    equals: 'system:serviceaccount:payments:worker',
  },
  github: { url: 'https://token.actions.githubusercontent.com', claim: 'repository', equals: 'acme/deploy' },
  gitlab: { url: 'https://gitlab.com', claim: 'project_path', equals: 'acme/deploy' },
  spiffe: { url: 'spiffe://example.org', claim: 'sub', equals: 'spiffe://example.org/worker' },
  oidc: { url: 'https://accounts.google.com', claim: 'sub', equals: '112233445566778899000' },
}

let mock: TestMock
/** For each platform, an integration that trusts the workload of the platform. */
const clientIds: Record<string, string> = {}

beforeAll(async () => {
  mock = await startTestMock()
  for (const [platform, { url, claim, equals }] of Object.entries(PLATFORMS)) {
    const keys =
      platform === 'spiffe' ? { source: 'jwks_uri', uri: 'https://example.org/bundle' } : { source: 'discovery' }
    await admin('/issuers', { name: platform, url, platform, keys })
    const credentials = [{ kind: 'trust', issuer: platform, claims: [{ claim: [claim], equals }] }]
    const created = await admin('/integrations', { name: `Of ${platform}`, scopes: [PREDICT], credentials })
    clientIds[platform] = String(created['client_id'])
  }
})
afterAll(() => mock.remove())

async function admin(path: string, body: Json): Promise<Json> {
  const answer = await post(path, body)
  const created = (await answer.json()) as Json
  if (answer.status !== 201) throw new Error(JSON.stringify(created))
  return created
}

const post = (path: string, body: Json): Promise<Response> =>
  fetch(`${mock.adminUrl}/admin/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.adminKey.reveal()}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const signed = async (body: Json): Promise<string> => String((await admin('/mock/assertions', body))['assertion'])

async function statusOf(platform: string, assertion: string): Promise<number> {
  const more = {
    ...{ grant_type: 'client_credentials', scope: PREDICT, client_id: clientIds[platform] ?? '' },
    ...(platform === 'spiffe' && { client_assertion_type: JWT_SPIFFE }),
  }
  return (await fetch(`${mock.issuer}/v1/token`, { method: 'POST', body: assertionForm(assertion, more) })).status
}

test.each(Object.keys(PLATFORMS))(
  'a token of %s authenticates the client that trusts its workload',
  async (platform) => {
    expect(await statusOf(platform, await signed({ platform }))).toBe(200)
  },
)

test.each(Object.keys(PLATFORMS).flatMap((platform) => FAULTS.map((fault) => [platform, fault] as const)))(
  'a token of %s with the fault %s authenticates no client',
  async (platform, fault) => {
    expect(await statusOf(platform, await signed({ platform, fault }))).toBe(401)
  },
)

test.each(Object.entries(PLATFORMS))(
  'a token of %s with another identity authenticates no client',
  async (platform, rule) => {
    const other = await signed({ platform, claims: { [rule.claim]: `${rule.equals}-evil` } })
    expect(await statusOf(platform, other)).toBe(401)
  },
)

test('a claim of the platform is omitted if the request sets the claim to null', async () => {
  const claims = async (body: Json): Promise<Json> =>
    JSON.parse(Buffer.from((await signed(body)).split('.')[1] ?? '', 'base64url').toString()) as Json
  expect(await claims({ platform: 'github' })).toHaveProperty('jti')
  expect(await claims({ platform: 'github', claims: { jti: null } })).not.toHaveProperty('jti')
})

test('the times of an assertion follow the clock of the mock', async () => {
  const assertion = await signed({ platform: 'github' })
  await post('/mock/clock', { advance_seconds: 400 })
  expect(await statusOf('github', assertion)).toBe(401)
  expect(await statusOf('github', await signed({ platform: 'github' }))).toBe(200)
})

test('an issuer whose inline keys are those that the mock returned authenticates its client', async () => {
  const url = 'https://inline.test'
  const claims = { iss: url, sub: 'worker' }
  const { assertion, jwks } = await admin('/mock/assertions', { platform: 'oidc', claims })
  const keys = { source: 'inline', ...(jwks as { readonly keys: readonly Json[] }) }
  await admin('/issuers', { name: 'inline', url, platform: 'oidc', keys })
  const credentials = [{ kind: 'trust', issuer: 'inline', claims: [{ claim: ['sub'], equals: 'worker' }] }]
  const created = await admin('/integrations', { name: 'Of inline keys', scopes: [PREDICT], credentials })
  clientIds['inline'] = String(created['client_id'])
  expect(await statusOf('inline', String(assertion))).toBe(200)
})

test.each([{}, { platform: 'jenkins' }, { platform: 'github', fault: 'late' }, { platform: 'github', claims: [] }])(
  'a request for an assertion with the body %j is refused',
  async (body) => {
    expect((await post('/mock/assertions', body)).status).toBe(400)
  },
)

test('a real server signs no assertions', async () => {
  const server = await startTestServer()
  const headers = { authorization: `Bearer ${server.adminKey.reveal()}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ platform: 'github' })
  const answer = await fetch(`${server.adminUrl}/admin/v1/mock/assertions`, { method: 'POST', headers, body })
  expect(answer.status).toBe(404)
  await server.stop()
})
