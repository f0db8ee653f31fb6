// If the server refuses an assertion with a valid signature, the audit trail describes the assertion: the credential,
// the subject, and the claim that did not match.
import { expect, test } from 'vitest'
import { aPlatform, made, podClaims, podRule, tokenOf } from '../a-platform.ts'
import { aServer, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion } from '../client-assertions.ts'

interface Refusal {
  readonly target: { readonly id: string }
  readonly after: Readonly<Record<string, unknown>>
}

/** Returns the details of the refusals of an integration from the audit trail, the oldest first. */
async function refusalsOf(server: TestServer, id: string): Promise<readonly Refusal['after'][]> {
  const { items } = await made(server, 'GET', '/audit?event=client.refused')
  return (items as readonly Refusal[])
    .filter(({ target }) => target.id === id)
    .map(({ after }) => after)
    .reverse()
}

const REQUEST = { endpoint: 'token', address: '127.0.0.1' }

test('the record of a refusal has the subject, the issuer and the claim that no rule matches, but not the subject of a forged assertion', async () => {
  const server = await aServer()
  const platform = aPlatform(server)
  await made(server, 'POST', '/issuers', platform.registration)
  const { id, clientId } = await server.integration()
  await made(server, 'POST', `/integrations/${id}/credentials`, podRule('prod-cluster'))
  const other = podClaims('payments', 'default')
  const forger = aClientKey('RS256')
  expect((await tokenOf(server, platform.sign(other), { client_id: clientId })).status).toBe(401)
  expect((await tokenOf(server, platform.sign(other, {}, forger), { client_id: clientId })).status).toBe(401)
  await expect
    .poll(() => refusalsOf(server, id))
    .toEqual([
      {
        ...REQUEST,
        reason: 'trust_rule_mismatch',
        subject: 'payments/default pod default-7d4b9',
        trusted_issuer: 'prod-cluster',
        claim: 'sub',
      },
    ])
})

test('the record of a replayed assertion names its key, or its rule and its subject', async () => {
  const server = await aServer()
  const platform = aPlatform(server)
  await made(server, 'POST', '/issuers', platform.registration)
  const [keyed, ruled] = [await server.integration({ name: 'Keyed' }), await server.integration({ name: 'Ruled' })]
  const key = aClientKey('ES256')
  const rule = { ...podRule('prod-cluster'), reuse: 'once' }
  const { id: keyId } = await made(server, 'POST', `/integrations/${keyed.id}/credentials`, {
    kind: 'key',
    jwk: key.jwk,
  })
  const { id: ruleId } = await made(server, 'POST', `/integrations/${ruled.id}/credentials`, rule)
  const own = anAssertion({ clientId: keyed.clientId, issuer: server.issuer, key })
  for (const assertion of [own, platform.sign(podClaims())]) {
    expect((await tokenOf(server, assertion)).status).toBe(200)
    expect((await tokenOf(server, assertion)).status).toBe(401)
  }
  const reason = 'assertion_replayed'
  await expect.poll(() => refusalsOf(server, keyed.id)).toEqual([{ ...REQUEST, reason, credential_id: keyId }])
  await expect
    .poll(() => refusalsOf(server, ruled.id))
    .toEqual([{ ...REQUEST, reason, credential_id: ruleId, subject: 'payments/worker pod worker-7d4b9' }])
})

test('the record of an assertion whose lifetime is too long names the key or rule with the shorter limit', async () => {
  const server = await aServer()
  const platform = aPlatform(server)
  await made(server, 'POST', '/issuers', platform.registration)
  const { id, clientId } = await server.integration()
  const path = `/integrations/${id}/credentials`
  const key = aClientKey('ES256')
  const { id: keyId } = await made(server, 'POST', path, { kind: 'key', jwk: key.jwk })
  const now = Math.floor(Date.now() / 1000)
  const own = anAssertion({ clientId, issuer: server.issuer, key }, { iat: now, exp: now + 301 })
  expect((await tokenOf(server, own)).status).toBe(401)
  await expect
    .poll(() => refusalsOf(server, id))
    .toEqual([{ ...REQUEST, reason: 'assertion_lifetime', credential_id: keyId }])
  const second = await server.integration()
  const { id: ruleId } = await made(server, 'POST', `/integrations/${second.id}/credentials`, podRule('prod-cluster'))
  const long = platform.sign({ ...podClaims(), iat: now, nbf: now, exp: now + 3901 })
  expect((await tokenOf(server, long)).status).toBe(401)
  await expect
    .poll(() => refusalsOf(server, second.id))
    .toEqual([
      {
        ...REQUEST,
        ...{ reason: 'assertion_lifetime', credential_id: ruleId },
        ...{ subject: 'payments/worker pod worker-7d4b9', trusted_issuer: 'prod-cluster' },
      },
    ])
})
