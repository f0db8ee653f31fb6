// Assertions of platforms: trusted issuers, trust rules, and the tokens that clients get for assertions.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aPlatform, made, podClaims, podRule, tokenOf } from '../a-platform.ts'
import { aServer, PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { aClientKey, JWT_BEARER, signatureOf } from '../client-assertions.ts'
import { latchkey } from '../run-command.ts'
import { admin } from '../postgres/replicas.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

let count = 0
/** A platform that the server trusts, and an integration with a rule for the platform's pods of payments/worker. */
async function aTrustedPlatform() {
  const platform = aPlatform(server, { name: `cluster-${String(++count)}` })
  const issuer = await made(server, 'POST', '/issuers', platform.registration)
  const integration = await server.integration()
  const rule = await made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule(platform.name))
  return { platform, issuer, integration, rule }
}

test('a pod gets a token for its service account token, as often as the pod asks', async () => {
  const { platform, integration, rule } = await aTrustedPlatform()
  const assertion = platform.sign(podClaims())
  for (let n = 0; n < 3; n++) {
    const answer = await tokenOf(server, assertion)
    expect(answer.status, await answer.clone().text()).toBe(200)
  }
  const slot = await made(server, 'GET', `/integrations/${integration.id}/tokens/${PREDICT}`)
  expect(slot['history']).toMatchObject([
    {
      requesters: [
        {
          credential_id: rule['id'],
          method: 'private_key_jwt',
          secret_id: null,
          subject: 'payments/worker pod worker-7d4b9',
        },
      ],
    },
    {},
    {},
  ])
  const [used] = (await made(server, 'GET', `/integrations/${integration.id}/credentials`))['items'] as object[]
  expect(used).toMatchObject({ kind: 'trust', issuer: platform.name, last_used: { address: '127.0.0.1' } })
})

test('a pod of another service account gets no token, and neither does a legacy token without a pod', async () => {
  const { platform } = await aTrustedPlatform()
  const legacy = podClaims('payments', 'worker', { 'kubernetes.io': { namespace: 'payments' } })
  for (const claims of [podClaims('payments', 'default'), podClaims('other', 'worker'), legacy]) {
    const answer = await tokenOf(server, platform.sign(claims))
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ error: 'invalid_client' })
  }
})

test('an assertion of a disabled issuer authenticates no client, and tokens that were issued before stay live', async () => {
  const { platform, issuer } = await aTrustedPlatform()
  const assertion = platform.sign(podClaims())
  const token = ((await (await tokenOf(server, assertion)).json()) as Record<string, string>)['access_token'] ?? ''
  const path = `/issuers/${String(issuer['id'])}`
  const disabled = await admin(server, 'PATCH', path, { enabled: false })
  expect(disabled.status).toBe(200)
  expect((await tokenOf(server, assertion)).status).toBe(401)
  expect((await fetch(`${server.issuer}/v1/verify`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
    200,
  )
  expect((await admin(server, 'PATCH', path, { enabled: true })).status).toBe(200)
  expect((await tokenOf(server, assertion)).status).toBe(200)
})

test('an assertion whose signature was replaced is refused, even after the original assertion was accepted', async () => {
  const { platform } = await aTrustedPlatform()
  const assertion = platform.sign(podClaims())
  expect((await tokenOf(server, assertion)).status).toBe(200)
  const [header = '', payload = '', signature = ''] = assertion.split('.')
  const input = `${header}.${payload}`
  const zeros = Buffer.alloc(Buffer.from(signature, 'base64url').length)
  for (const other of [zeros, signatureOf(input, aClientKey('RS256'))]) {
    expect((await tokenOf(server, `${input}.${other.toString('base64url')}`)).status).toBe(401)
  }
  expect((await tokenOf(server, assertion)).status).toBe(200)
})

test('an assertion without client_id that two integrations trust is refused, and the answer asks for the client_id', async () => {
  const { platform, integration } = await aTrustedPlatform()
  const other = await server.integration()
  await made(server, 'POST', `/integrations/${other.id}/credentials`, podRule(platform.name))
  const assertion = platform.sign(podClaims())
  const unsure = await tokenOf(server, assertion)
  expect([unsure.status, await unsure.json()]).toEqual([
    400,
    {
      error: 'invalid_request',
      error_description: 'Several integrations trust this assertion. Send client_id to choose one.',
    },
  ])
  for (const { clientId } of [integration, other]) {
    expect((await tokenOf(server, assertion, { client_id: clientId })).status).toBe(200)
  }
})

test('a rule for single use accepts each assertion once, with and without jti', async () => {
  const platform = aPlatform(server, { name: 'once-cluster' })
  await made(server, 'POST', '/issuers', platform.registration)
  const { id } = await server.integration()
  await made(server, 'POST', `/integrations/${id}/credentials`, { ...podRule(platform.name), reuse: 'once' })
  for (const jti of [undefined, 'one']) {
    const assertion = platform.sign(podClaims('payments', 'worker', { jti }))
    expect((await tokenOf(server, assertion)).status).toBe(200)
    expect((await tokenOf(server, assertion)).status).toBe(401)
  }
})

test('a client with an assertion can introspect tokens, and revoke its own tokens', async () => {
  const { platform, integration } = await aTrustedPlatform()
  await made(server, 'POST', '/integrations', { name: 'Reader', scopes: [PREDICT], resource_server: true })
  const assertion = platform.sign(podClaims())
  const { access_token: token = '' } = (await (await tokenOf(server, assertion)).json()) as Record<string, string>
  const form = { client_assertion_type: JWT_BEARER, client_assertion: assertion, token }
  const post = (path: string) =>
    fetch(`${server.issuer}/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams({ ...form, client_id: integration.clientId }),
    })
  expect(await (await post('introspect')).json()).toMatchObject({ active: true, client_id: integration.clientId })
  expect((await post('revoke')).status).toBe(200)
  expect(await (await post('introspect')).json()).toMatchObject({ active: false })
})

test('an issuer cannot be deleted while trust rules name the issuer', async () => {
  const { platform, integration, rule } = await aTrustedPlatform()
  const refused = await admin(server, 'DELETE', `/issuers/${platform.name}`)
  expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'issuer_in_use' }])
  await made(server, 'POST', `/integrations/${integration.id}/credentials/${String(rule['id'])}/end`)
  expect((await tokenOf(server, platform.sign(podClaims()))).status).toBe(401)
  expect((await admin(server, 'DELETE', `/issuers/${platform.name}`)).status).toBe(204)
})

test('if an operator tests an assertion, the answer says which claim did not match', async () => {
  const { platform, integration } = await aTrustedPlatform()
  const good = await made(server, 'POST', '/trust/test', { assertion: platform.sign(podClaims()) })
  expect(good).toMatchObject({
    accepted: true,
    reason: null,
    client_id: integration.clientId,
    subject: 'payments/worker pod worker-7d4b9',
  })
  const bad = await made(server, 'POST', '/trust/test', {
    assertion: platform.sign(podClaims('payments', 'default')),
    integration: integration.id,
  })
  expect(bad).toMatchObject({
    accepted: false,
    reason: 'trust_rule_mismatch',
    rules: [
      {
        claims: [
          { claim: ['sub'], passed: false, found: 'system:serviceaccount:payments:default' },
          { claim: ['kubernetes.io', 'pod', 'uid'], passed: true, found: '5ad3-11' },
        ],
      },
    ],
  })
})

test('an issuer with a trust domain authenticates no SPIFFE ID of another trust domain', async () => {
  const mesh = aPlatform(server, { name: 'mesh', platform: 'spiffe', url: 'spiffe://mesh.test' })
  await made(server, 'POST', '/issuers', mesh.registration)
  const statusOf = async (sub: string) => {
    const integration = await server.integration()
    const rule = { kind: 'trust', issuer: 'mesh', claims: [{ claim: ['sub'], equals: sub }] }
    await made(server, 'POST', `/integrations/${integration.id}/credentials`, rule)
    return (await tokenOf(server, mesh.sign({ sub }), { client_id: integration.clientId })).status
  }
  expect(await statusOf('spiffe://mesh.test/batch')).toBe(200)
  for (const sub of ['spiffe://other.test/batch', 'spiffe://mesh.test.evil/batch', 'spiffe://mesh.test', 'batch']) {
    expect(await statusOf(sub), sub).toBe(401)
  }
})

test('two pods that authenticate by one rule count as two callers that end each other’s tokens, and history and log name each pod', async () => {
  const lines: Record<string, unknown>[] = []
  const own = await aServer({ env: { LATCHKEY_LOG_LEVEL: 'debug' }, logged: (line) => lines.push(line) })
  const platform = aPlatform(own)
  await made(own, 'POST', '/issuers', platform.registration)
  const { id, clientId } = await own.integration()
  await made(own, 'POST', `/integrations/${id}/credentials`, podRule(platform.name))
  const podNamed = (name: string) => ({
    ...podClaims(),
    'kubernetes.io': { namespace: 'payments', pod: { name, uid: name }, serviceaccount: { name: 'worker' } },
  })
  for (const name of ['one', 'two', 'one', 'two', 'one']) {
    expect((await tokenOf(own, platform.sign(podNamed(name)))).status).toBe(200)
  }
  const { contention } = await made(own, 'GET', '/overview')
  expect(contention).toMatchObject([
    {
      kind: 'several_sources',
      sources: [{ subject: 'payments/worker pod one' }, { subject: 'payments/worker pod two' }],
    },
  ])
  const issued = lines.filter(({ event }) => event === 'token.issued').map(({ subject }) => subject)
  expect(issued.slice(0, 2)).toEqual(['payments/worker pod one', 'payments/worker pod two'])
  const history = await latchkey(['tokens', 'history', clientId, PREDICT], { LATCHKEY_DATA_DIR: own.dataDir })
  expect(history.stdout).toMatch(/\tpayments\/worker pod one\trequested\n.*\tpayments\/worker pod two\trequested\n/)
})
