// Forged tokens, and tokens signed with a stolen key: the gateway refuses them and passes nothing on.
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway, startUpstream, type TestGateway, type TestUpstream } from '../a-gateway.ts'
import { PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { forgedTokens, signedWith } from '../forged-tokens.ts'
import { signingKeyOf } from '../opened-store.ts'
import { headerOf, RawConnection, requestBytes } from '../raw-http.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
const env = { LATCHKEY_DATA_DIR: dataDir }
let server: TestServer
let upstream: TestUpstream
let gateway: TestGateway
let stolenKey: KeyObject
let client: TestIntegration
let live: string
let reached = 0

beforeAll(async () => {
  await (await startTestServer({ env })).stop()
  stolenKey = await signingKeyOf(dataDir)
  server = await startTestServer({ env })
  client = await server.integration({ scopes: [PREDICT] })
  const reader = await server.integration({ name: 'Gateway', resourceServer: true })
  upstream = await startUpstream((_request, response) => {
    reached += 1
    response.writeHead(200, { 'content-length': 2 }).end('{}')
  })
  gateway = await startTestGateway({ server, reader, upstream: upstream.url })
  // The test requests two tokens. So the live token does not have the generation 1, which some of the forged tokens
  // claim.
  await server.token(client)
  live = await server.token(client)
})

afterAll(async () => {
  await gateway.stop()
  upstream.stop()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

async function verdictOn(connection: RawConnection, token: string): Promise<string> {
  const headers = [['Authorization', `Bearer ${token}`]] as const
  connection.write(requestBytes(gateway.url, { method: 'GET', target: '/ai/usecase', headers }))
  const answer = await connection.answer('GET')
  return `${String(answer.status)} ${headerOf(answer, 'latchkey-reason') ?? ''}`.trim()
}

/** The characters that a header may contain (RFC 9110 §5.5). */
const fitsInHeader = (text: string): boolean => /^[\x20-\x7e\xa0-\xff]*$/.test(text)

test('every forged token is refused with its reason, and the live token is accepted', async () => {
  const connection = await RawConnection.open(gateway.url)
  const forged = forgedTokens({ token: live, privateKey: stolenKey }).filter(({ token }) => fitsInHeader(token))
  expect(forged.length).toBeGreaterThanOrEqual(36)
  const wrong: string[] = []
  for (const { name, token, reason } of forged) {
    const verdict = await verdictOn(connection, token)
    if (verdict !== `401 ${reason}`) wrong.push(`${name}: ${verdict}`)
  }
  expect(wrong).toEqual([])
  expect(reached).toBe(0)
  expect(await verdictOn(connection, live)).toBe('200')
  connection.destroy()
})

test.each<[string, (claims: { readonly gen: number; readonly exp: number }) => object]>([
  ['a later end', ({ exp }) => ({ exp: exp + 86_400 })],
  ['another jti', () => ({ jti: '5ad2b1b0-33d1-4a52-93c0-6a8b0f3d2a10' })],
  ['a generation above the row', ({ gen }) => ({ gen: gen + 1 })],
  ['a generation far above the row', () => ({ gen: 2 ** 53 - 1 })],
  ['a client that does not exist', () => ({ sub: 'admin', client_id: 'admin', cid: 'admin' })],
])(
  'a token with %s that was signed with a stolen key is refused, and the live token of the client stays accepted',
  async (_what, change) => {
    const before = reached
    const claims = decodeJwt<{ gen: number; exp: number }>(live)
    const payload = JSON.stringify({ ...claims, ...change(claims) })
    const forged = signedWith(stolenKey, JSON.stringify(decodeProtectedHeader(live)), payload)
    const connection = await RawConnection.open(gateway.url)
    expect(await verdictOn(connection, forged)).toMatch(/^401 /)
    expect(reached).toBe(before)
    await expect.poll(() => verdictOn(connection, live), { timeout: 5000 }).toBe('200')
    connection.destroy()
  },
)
