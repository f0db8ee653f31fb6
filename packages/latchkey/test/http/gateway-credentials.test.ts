// A gateway without a secret: its integration authenticates with a key, or with the assertion in a file.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../../../../e2e/eventually.ts'
import { aGateway, echo, startUpstream, type TestUpstream } from '../a-gateway.ts'
import { aFolder } from '../a-folder.ts'
import { startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { aClientKey, anAssertion, register, type TestKey } from '../client-assertions.ts'
import { ask } from '../raw-http.ts'

let server: TestServer
let upstream: TestUpstream
let reader: TestIntegration
let key: TestKey

beforeAll(async () => {
  server = await startTestServer()
  reader = await server.integration({ name: 'Gateway', resourceServer: true })
  upstream = await startUpstream(echo)
  key = aClientKey('ES256')
  // The operator gives no key ID, so the server uses the thumbprint of the key.
  const { kty, crv, x, y, alg } = key.jwk
  await register(server, reader.clientId, { jwk: { kty, crv, x, y, alg } })
})

afterAll(async () => {
  upstream.stop()
  await server.stop()
})

/**
 * Starts a gateway with these credentials. Returns its status codes for a token, for this token after its supersession,
 * and for the next token.
 */
async function answersOf(proof: Readonly<Record<string, string>>): Promise<readonly number[]> {
  const settings = { server, reader, upstream: upstream.url, proof, file: 'liveness: { on_stale: refuse }' }
  const gateway = await aGateway(settings)
  const client = await server.integration()
  const first = await server.token(client)
  const statusOf = async (token: string): Promise<number> => {
    const headers = [['Authorization', `Bearer ${token}`]] as const
    return (await ask(gateway.url, { method: 'GET', target: '/ai/usecase', headers })).status
  }
  const before = await eventually(async () => unless(await statusOf(first), 503), { within: 10_000, what: 'an answer' })
  const second = await server.token(client)
  const after = await eventually(async () => unless(await statusOf(first), 200), { within: 10_000, what: 'a change' })
  return [before, after, await statusOf(second)]
}

/** Returns the status, or undefined if the status is still `still`. */
const unless = (status: number, still: number): number | undefined => (status === still ? undefined : status)

test('a gateway with a key follows the feed, and refuses a superseded token', async () => {
  const file = join(aFolder(), 'client.pem')
  writeFileSync(file, key.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o640 })
  expect(await answersOf({ LATCHKEY_CLIENT_PRIVATE_KEY_FILE: file })).toEqual([200, 401, 200])
})

test('a gateway with an assertion file follows the feed, and refuses a superseded token', async () => {
  const file = join(aFolder(), 'token')
  const sender = { clientId: reader.clientId, issuer: server.issuer, key }
  writeFileSync(file, anAssertion(sender, {}, { kid: undefined }))
  expect(await answersOf({ LATCHKEY_CLIENT_ASSERTION_FILE: file })).toEqual([200, 401, 200])
})
