// POST /admin/v1/integrations/{id}/tokens/{scope} with an assertion: an operator tries out a key or a trust rule.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aPlatform, made, podClaims, podRule } from '../a-platform.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, type Json } from '../client-assertions.ts'
import { admin } from '../postgres/replicas.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

interface Answer {
  readonly status: number
  readonly body: Json
}

async function requestToken({ id }: TestIntegration, assertion: string, scope: string = PREDICT): Promise<Answer> {
  const answer = await admin(server, 'POST', `/integrations/${id}/tokens/${scope}`, { client_assertion: assertion })
  return { status: answer.status, body: (await answer.json()) as Json }
}

async function aKeyedIntegration() {
  const integration = await server.integration()
  const key = aClientKey()
  await made(server, 'POST', `/integrations/${integration.id}/credentials`, { kind: 'key', jwk: key.jwk })
  const sender = { clientId: integration.clientId, issuer: server.issuer, key }
  return { integration, sender }
}

describe('a trial request with an assertion', () => {
  test('gets a token with an assertion of the client, but only once', async () => {
    const { integration, sender } = await aKeyedIntegration()
    const live = await server.token(integration, PREDICT)
    const assertion = anAssertion(sender)
    const granted = await requestToken(integration, assertion)
    expect(granted).toMatchObject({ status: 201, body: { kind: 'issued', scope: PREDICT } })
    expect(await server.verify(String(granted.body['access_token']))).toEqual({ status: 200, reason: null })
    expect(await server.verify(live)).toEqual({ status: 401, reason: 'superseded' })
    expect(await requestToken(integration, assertion)).toMatchObject({
      status: 422,
      body: {
        code: 'token_request_refused',
        detail:
          'The token endpoint refuses the assertion (assertion_replayed). It was used before. Sign a new one for each request.',
      },
    })
    const slot = await made(server, 'GET', `/integrations/${integration.id}/tokens/${PREDICT}`)
    expect(slot['history']).toMatchObject([{ requesters: [{ method: 'private_key_jwt' }] }, {}])
  })

  test('gets a token with an assertion of the platform, or an error that names the claim that does not match', async () => {
    const integration = await server.integration()
    const platform = aPlatform(server, { name: 'trial-cluster' })
    await made(server, 'POST', '/issuers', platform.registration)
    await made(server, 'POST', `/integrations/${integration.id}/credentials`, podRule(platform.name))
    const granted = await requestToken(integration, platform.sign(podClaims()))
    expect(granted.status).toBe(201)
    const refused = await requestToken(integration, platform.sign(podClaims('payments', 'other')))
    expect(refused).toMatchObject({
      status: 422,
      body: {
        detail:
          'The token endpoint refuses the assertion (trust_rule_mismatch). No trust rule of this integration matches its claims. The claim sub does not match.',
      },
    })
    expect(await server.verify(String(granted.body['access_token']))).toEqual({ status: 200, reason: null })
  })

  test('gets a token with a JWT-SVID whose iss is not the URL of the trusted issuer', async () => {
    const integration = await server.integration()
    const mesh = aPlatform(server, { name: 'trial-mesh', platform: 'spiffe', url: 'spiffe://trial.example.org' })
    await made(server, 'POST', '/issuers', mesh.registration)
    const id = 'spiffe://trial.example.org/worker'
    const rule = { kind: 'trust', issuer: mesh.name, claims: [{ claim: ['sub'], equals: id }] }
    await made(server, 'POST', `/integrations/${integration.id}/credentials`, rule)
    const svid = mesh.sign({ sub: id, iss: 'https://spire.example.org', aud: server.issuer })
    expect((await requestToken(integration, svid)).status).toBe(201)
  })

  test('is refused with the exact reason for every defect, and the live token stays live', async () => {
    const { integration, sender } = await aKeyedIntegration()
    const other = await aKeyedIntegration()
    const live = await server.token(integration, PREDICT)
    const now = Math.floor(Date.now() / 1000)
    for (const [assertion, reason] of [
      ['not an assertion', 'assertion_malformed'],
      [anAssertion(sender, {}, { typ: 'at+jwt' }), 'assertion_typ_unusable'],
      [anAssertion(other.sender), 'client_id_mismatch'],
      [anAssertion(sender, { aud: 'https://other.example.org' }), 'assertion_audience'],
      [anAssertion(sender, { iat: now - 120, exp: now - 60 }), 'assertion_expired'],
      [anAssertion(sender, { exp: now + 900 }), 'assertion_lifetime'],
      [anAssertion({ ...sender, key: { ...aClientKey(), kid: sender.key.kid } }), 'bad_assertion_signature'],
      [anAssertion({ ...sender, key: aClientKey() }), 'unknown_key'],
      [anAssertion(sender, { iss: 'https://nobody.example.org' }), 'unknown_issuer'],
    ] as const) {
      const answer = await requestToken(integration, assertion)
      expect(answer, reason).toMatchObject({ status: 422, body: { code: 'token_request_refused' } })
      expect(answer.body['detail']).toContain(`(${reason})`)
      expect(JSON.stringify(answer.body)).not.toContain(assertion.slice(0, 40))
    }
    expect(await server.verify(live)).toEqual({ status: 200, reason: null })
  })

  test('leaves no trace of the assertion in the audit trail', async () => {
    const { integration, sender } = await aKeyedIntegration()
    const assertion = anAssertion(sender)
    await requestToken(integration, assertion)
    await requestToken(integration, assertion)
    const trail = JSON.stringify(await made(server, 'GET', '/audit'))
    expect(trail).toContain('token.requested')
    for (const part of assertion.split('.').slice(1)) expect(trail).not.toContain(part)
  })

  test('with both a secret and an assertion is refused as malformed', async () => {
    const { integration, sender } = await aKeyedIntegration()
    const body = { client_assertion: anAssertion(sender), client_secret: 'lks_other' }
    const answer = await admin(server, 'POST', `/integrations/${integration.id}/tokens/${PREDICT}`, body)
    expect(answer.status).toBe(400)
  })
})
