// An integration with allowed addresses: its credentials are valid only from these addresses.
import { toBasicCredentials } from '@latchkey/protocol'
import { describe, expect, test } from 'vitest'
import { aServer, PREDICT, type TestIntegration } from '../a-server.ts'
import { addressRanges } from '../address-ranges.ts'
import { bareEndpoints } from '../bare-endpoints.ts'
import { changing } from '../changing.ts'

const RANGES = ['192.0.2.0/24', '2001:db8::/32']
const ENDPOINTS = ['/v1/token', '/v1/introspect', '/v1/revoke'] as const

async function boundIntegration() {
  const server = await aServer({ env: { LATCHKEY_TRUSTED_PROXIES: '127.0.0.1' } })
  const integration = await server.integration()
  const allow = (...ranges: readonly string[]) =>
    server.integrations.change(
      integration.clientId,
      ...changing({ kind: 'set_allowed_addresses', ranges: addressRanges(...ranges) }),
    )
  await allow(...RANGES)
  const ask = async (
    from: string,
    at: string = '/v1/token',
    caller: TestIntegration = integration,
  ): Promise<number> => {
    const answer = await fetch(server.issuer + at, {
      method: 'POST',
      headers: { authorization: toBasicCredentials(caller.clientId, caller.clientSecret), 'x-forwarded-for': from },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: PREDICT,
        ...(at !== '/v1/token' && { token: 'x' }),
      }),
    })
    await answer.arrayBuffer()
    return answer.status
  }
  return { server, integration, allow, ask }
}

describe.each(ENDPOINTS)('%s', (at) => {
  test('accepts valid credentials from within the ranges, and refuses the same credentials from other addresses', async () => {
    const { ask } = await boundIntegration()
    const requested = ['192.0.2.7', '2001:db8::7', '::ffff:192.0.2.7', '198.51.100.7', '2001:db9::7', '127.0.0.1']
    expect(await Promise.all(requested.map((from) => ask(from, at)))).toEqual([200, 200, 200, 401, 401, 401])
  })
})

test('a change of the ranges applies to the next request, and an empty list allows every address', async () => {
  const { ask, allow } = await boundIntegration()
  expect(await ask('198.51.100.7')).toBe(401)
  await allow('198.51.100.0/24')
  expect([await ask('198.51.100.7'), await ask('192.0.2.7')]).toEqual([200, 401])
  await allow()
  expect(await ask('203.0.113.9')).toBe(200)
})

test('the ranges of one integration do not affect another integration', async () => {
  const { server, ask } = await boundIntegration()
  expect(await ask('198.51.100.7', '/v1/token', await server.integration())).toBe(200)
})

test('a request from a refused address does not end the live token', async () => {
  const { server, integration, ask, allow } = await boundIntegration()
  await allow()
  const token = await server.token(integration)
  await allow(...RANGES)
  expect(await ask('198.51.100.7')).toBe(401)
  expect(await server.verify(token)).toEqual({ status: 200, reason: null })
})

test('a token request is refused if an operator forbids its address while the request waits for the disk', async () => {
  const { ask, disk, integration, integrations } = await bareEndpoints()
  const { clientId, basic } = await integration()
  const other = await integration()
  const request = (header: typeof basic) =>
    ask({ path: `/v1/token?grant_type=client_credentials&scope=${PREDICT}`, headers: [header] })
  const before = JSON.parse((await request(basic)).body) as { access_token: string }
  const underWay = disk.hold()
  const first = request(other.basic)
  await underWay
  const change = integrations.change(
    clientId,
    ...changing({ kind: 'set_allowed_addresses', ranges: addressRanges('198.51.100.0/24') }),
  )
  const late = request(basic)
  disk.release()
  await change
  expect((await first).status).toBe(200)
  expect((await late).status).toBe(401)
  const verified = await ask({
    method: 'GET',
    path: '/v1/verify',
    headers: [['Authorization', `Bearer ${before.access_token}`]],
  })
  expect(verified.status).toBe(200)
})

test('the log has the reason and the address, but the answer reveals neither', async () => {
  const { ask, integration, integrations, logged } = await bareEndpoints()
  const { clientId, basic } = await integration()
  await integrations.change(
    clientId,
    ...changing({ kind: 'set_allowed_addresses', ranges: addressRanges('198.51.100.0/24') }),
  )
  await ask({ path: `/v1/token?grant_type=client_credentials&scope=${PREDICT}`, headers: [basic] })
  expect(logged()).toMatchObject([
    { event: 'auth.denied', reason: 'address_not_allowed', client_id: clientId, 'client.address': '192.0.2.7' },
  ])
})
