// /admin/v1/integrations/{id}/credentials: public keys of integrations, and what the client can do with them.
import { calculateJwkThumbprint } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, assertionForm, type TestKey } from '../client-assertions.ts'
import { admin } from '../postgres/replicas.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

type Json = Record<string, unknown>

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const answer = await admin(server, method, path, body)
  return { status: answer.status, body: (await answer.json()) as Json }
}

const add = (id: string, key: Pick<TestKey, 'jwk'>, more: Json = {}) =>
  call('POST', `/integrations/${id}/credentials`, { kind: 'key', jwk: key.jwk, ...more })

async function listed(id: string): Promise<readonly Json[]> {
  return (await call('GET', `/integrations/${id}/credentials`)).body['items'] as Json[]
}

const tokenBy = (clientId: string, key: TestKey): Promise<Response> =>
  fetch(`${server.issuer}/v1/token`, {
    method: 'POST',
    body: assertionForm(anAssertion({ clientId, issuer: server.issuer, key }), {
      grant_type: 'client_credentials',
      scope: PREDICT,
    }),
  })

test('a client can authenticate with a key that an operator added, and the key shows its last use', async () => {
  const { id, clientId } = await server.integration()
  const key = aClientKey('ES256', 'first')
  const added = await add(id, key)
  expect(added).toMatchObject({
    status: 201,
    body: { kind: 'key', status: 'active', kid: 'first', alg: 'ES256', max_lifetime: 300, last_used: null },
  })
  expect(added.body['jwk']).toEqual({ kty: 'EC', crv: 'P-256', x: key.jwk['x'], y: key.jwk['y'] })
  expect(added.body['thumbprint']).toBe(await calculateJwkThumbprint(key.jwk))
  expect((await tokenBy(clientId, key)).status).toBe(200)
  const [used] = await listed(id)
  expect(used).toMatchObject({
    last_used: { address: '127.0.0.1' },
    safe_to_retire: { verdict: 'no', why: 'The credential was used within the last day.' },
  })
  expect((await call('GET', `/integrations/${id}`)).body['authentication_methods']).toEqual([
    'client_secret_basic',
    'client_secret_post',
    'private_key_jwt',
  ])
})

test('the audit trail has the thumbprint of an added key and the ID of an ended key', async () => {
  const { id } = await server.integration()
  const { body } = await add(id, aClientKey('EdDSA', 'audited'))
  await call('POST', `/integrations/${id}/credentials/${String(body['id'])}/end`)
  const events = (await call('GET', `/audit?target=${id}`)).body['items'] as Json[]
  expect(events.map(({ event }) => event)).toEqual(['credential.ended', 'credential.added', 'integration.created'])
  expect(events[1]).toMatchObject({
    after: { credential_id: body['id'], kind: 'key', kid: 'audited', alg: 'EdDSA', max_lifetime: 300 },
  })
  expect((events[1]?.['after'] as Json)['thumbprint']).toMatch(/^[\w-]{43}$/)
  expect(events[0]).toMatchObject({ after: { credential_id: body['id'], live_tokens: 'keep' } })
})

test('a client gets no token with an ended key, but its live token stays unless the operator also ends the token', async () => {
  const { id, clientId } = await server.integration()
  const [one, two] = [aClientKey('ES256', 'one'), aClientKey('RS256', 'two')]
  const ids = [await add(id, one), await add(id, two)].map(({ body }) => String(body['id']))
  const token = ((await (await tokenBy(clientId, one)).json()) as { access_token: string }).access_token
  const ended = await call('POST', `/integrations/${id}/credentials/${String(ids[0])}/end`)
  expect(ended).toMatchObject({ status: 200, body: { status: 'ended', jwk: null, thumbprint: null, kid: 'one' } })
  expect((await tokenBy(clientId, one)).status).toBe(401)
  expect((await server.verify(token)).status).toBe(200)
  await call('POST', `/integrations/${id}/credentials/${String(ids[1])}/end`, { revoke_tokens: true })
  expect(await server.verify(token)).toMatchObject({ status: 401, reason: 'revoked' })
  const again = await call('POST', `/integrations/${id}/credentials/${String(ids[1])}/end`)
  expect(again).toMatchObject({ status: 200, body: { status: 'ended' } })
  expect((await call('POST', `/integrations/${id}/credentials/key_none/end`)).body['code']).toBe('unknown_credential')
})

test('a private key is refused, and no part of the key is stored or answered', async () => {
  const { id } = await server.integration()
  const { privateKey } = aClientKey('ES256')
  const jwk = privateKey.export({ format: 'jwk' })
  const refused = await add(id, { jwk: { ...jwk } })
  expect(refused).toMatchObject({ status: 400, body: { code: 'private_key_sent' } })
  expect(JSON.stringify(refused.body)).not.toContain(jwk.d)
  expect(await listed(id)).toEqual([])
})

test.each([
  ['another curve', { kty: 'EC', crv: 'P-384', x: 'AA', y: 'AA' }, '/jwk'],
  ['a point that is not on the curve', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }, '/jwk'],
  ['a symmetric type', { kty: 'oct' }, '/jwk'],
  ['an RSA key of 1024 bits', { kty: 'RSA', n: Buffer.alloc(128, 0xc1).toString('base64url'), e: 'AQAB' }, '/jwk'],
  ['the use enc', { ...aClientKey('ES256').jwk, use: 'enc' }, '/jwk'],
  ['another algorithm', { ...aClientKey('ES256').jwk, alg: 'ES512' }, '/jwk/alg'],
  ['a kid that is too long', { ...aClientKey('ES256').jwk, kid: 'k'.repeat(129) }, '/jwk/kid'],
])('a key with %s is refused, and the error has a pointer into the request', async (_what, jwk, pointer) => {
  const { id } = await server.integration()
  const refused = await add(id, { jwk })
  expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_request', errors: [{ pointer }] } })
})

test('an integration has at most four valid keys, at most two keys of one algorithm, and no two keys with one kid', async () => {
  const { id } = await server.integration()
  const codes: unknown[] = []
  for (const [alg, kid] of [
    ['ES256', 'a'],
    ['ES256', 'a'],
    ['ES256', 'b'],
    ['ES256', 'c'],
    ['RS256', 'd'],
    ['EdDSA', 'e'],
    ['EdDSA', 'f'],
  ] as const) {
    const { status, body } = await add(id, aClientKey(alg, kid))
    codes.push(status === 201 ? 'added' : body['code'])
  }
  expect(codes).toEqual(['added', 'kid_taken', 'added', 'too_many_keys', 'added', 'added', 'too_many_keys'])
})

test('an operator may allow assertions of a key to live longer, up to an hour', async () => {
  const { id, clientId } = await server.integration()
  const key = aClientKey('ES256')
  expect((await add(id, key, { max_lifetime: 3601 })).status).toBe(400)
  expect((await add(id, key, { max_lifetime: 3600 })).status).toBe(201)
  const now = Math.floor(Date.now() / 1000)
  const sender = { clientId, issuer: server.issuer, key }
  const ask = (exp: number) =>
    fetch(`${server.issuer}/v1/token`, {
      method: 'POST',
      body: assertionForm(anAssertion(sender, { iat: now, exp }), { grant_type: 'client_credentials', scope: PREDICT }),
    })
  expect((await ask(now + 3600)).status).toBe(200)
  const refused = await ask(now + 3601)
  expect(refused.status).toBe(401)
  expect(await refused.json()).toMatchObject({ error_description: expect.stringContaining('300 seconds') as unknown })
})

test('a request that is repeated with its idempotency key adds one key', async () => {
  const { id } = await server.integration()
  const { jwk } = aClientKey('ES256')
  const send = () =>
    fetch(`${server.adminUrl}/admin/v1/integrations/${id}/credentials`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.adminKey.reveal()}`,
        'content-type': 'application/json',
        'idempotency-key': `key-${id}`,
      },
      body: JSON.stringify({ kind: 'key', jwk }),
    })
  const [first, second] = [await send(), await send()]
  expect([first.status, second.status]).toEqual([201, 200])
  expect(await second.json()).toEqual(await first.json())
  expect(await listed(id)).toHaveLength(1)
})

test('an integration that is made with keys has no secret unless the request asks for one', async () => {
  const key = aClientKey('EdDSA')
  const base = { name: 'With a key', scopes: [PREDICT], credentials: [{ kind: 'key', jwk: key.jwk }] }
  const made = await call('POST', '/integrations', base)
  expect(made).toMatchObject({ status: 201, body: { authentication_methods: ['private_key_jwt'] } })
  expect(made.body).not.toHaveProperty('client_secret')
  expect((await tokenBy(String(made.body['client_id']), key)).status).toBe(200)
  const both = await call('POST', '/integrations', { ...base, name: 'With both', client_secret: 'generated' })
  expect(both.body['client_secret']).toBeTypeOf('string')
  const refused = await call('POST', '/integrations', {
    ...base,
    name: 'Twice',
    credentials: [...base.credentials, ...base.credentials],
  })
  expect(refused).toMatchObject({ status: 409, body: { code: 'kid_taken' } })
})

test('a secret is shown as replaced when a key was used after the last use of the secret', async () => {
  const { id, clientId } = await server.integration()
  const key = aClientKey('ES256')
  await add(id, key)
  await tokenBy(clientId, key)
  const secrets = (await call('GET', `/integrations/${id}/secrets`)).body['items'] as Json[]
  expect(secrets[0]).toMatchObject({ safe_to_retire: { verdict: 'unknown' } })
  const [credential] = await listed(id)
  expect(credential).toMatchObject({ safe_to_retire: { verdict: 'no' } })
})
