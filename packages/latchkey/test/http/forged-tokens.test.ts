// Forged tokens, and tokens that were signed with a stolen key, at the endpoints of the server. The stored live token
// decides, not the signature.
import { mkdtempSync, rmSync } from 'node:fs'
import type { KeyObject } from 'node:crypto'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stopwatch } from '../../../../e2e/stopwatch.ts'
import { MODEL, PREDICT, startTestServer, type TestIntegration, type TestServer } from '../a-server.ts'
import { forgedTokens, signedWith } from '../forged-tokens.ts'
import { signingKeyOf } from '../opened-store.ts'
import { headerOf, RawConnection, requestBytes, under } from '../raw-http.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-test-'))
const env = { LATCHKEY_DATA_DIR: dataDir }
let server: TestServer
let stolenKey: KeyObject
let integration: TestIntegration
let live: string

beforeAll(async () => {
  await (await startTestServer({ env })).stop()
  stolenKey = await signingKeyOf(dataDir)
  server = await startTestServer({ env })
  integration = await server.integration({ scopes: [PREDICT] })
  // The test requests two tokens. So the live token does not have the generation 1, which some of the forged tokens
  // claim.
  await server.token(integration)
  live = await server.token(integration)
})

afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** The characters that a header may contain (RFC 9110 §5.5). */
const fitsInHeader = (text: string): boolean => /^[\x20-\x7e\xa0-\xff]*$/.test(text)

test('every forged token is refused by verify with its reason, and is inactive at introspection', async () => {
  const connection = await RawConnection.open(server.publicUrl)
  const ask = (path: string, headers: readonly (readonly [string, string])[], body?: string) => {
    const target = under(server.issuer, path)
    connection.write(requestBytes(server.publicUrl, { target, headers, ...(body !== undefined && { body }) }))
    return connection.answer()
  }
  const wrong: string[] = []
  const took: number[] = []
  const forged = forgedTokens({ token: live, privateKey: stolenKey })
  for (const { name, token, reason } of forged) {
    if (fitsInHeader(token)) {
      const judgedIn = stopwatch()
      const answer = await ask('/v1/verify', [['Authorization', `Bearer ${token}`]])
      took.push(judgedIn())
      if (answer.status !== 401 || headerOf(answer, 'latchkey-reason') !== reason) {
        wrong.push(`verify: ${name}: ${String(answer.status)} ${headerOf(answer, 'latchkey-reason') ?? ''}`)
      }
    }
    const form = [
      ['Authorization', integration.basic],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ] as const
    // Introspection answers an empty token parameter with 400, so this test omits the empty token.
    const body = `token=${encodeURIComponent(token === '' ? '-' : token.toWellFormed())}`
    const answer = await ask('/v1/introspect', form, body)
    const isInactive = answer.status === 200 && answer.body === '{"active":false}'
    const isUnusable = answer.status === 400 && (body.length > 4096 || token.includes('\0'))
    if (!isInactive && !isUnusable) wrong.push(`introspect: ${name}: ${String(answer.status)} ${answer.body}`)
  }
  connection.destroy()
  expect(wrong).toEqual([])
  expect(took.length).toBeGreaterThan(100)
  expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(5)
  expect(await server.verify(live, PREDICT)).toEqual({ status: 200, reason: null })
})

test('a forged token revokes nothing', async () => {
  const own = await server.integration()
  await server.token(own)
  const token = await server.token(own)
  for (const { token: forged } of forgedTokens({ token, privateKey: stolenKey })) {
    if (forged !== '') expect([200, 400]).toContain((await server.revoke(own, forged.toWellFormed())).status)
  }
  expect(await server.verify(token, PREDICT)).toEqual({ status: 200, reason: null })
})

describe('with a stolen signing key', () => {
  const signed = (change: Record<string, unknown>): string => {
    const claims = { ...decodeJwt(live), ...change }
    return signedWith(stolenKey, JSON.stringify(decodeProtectedHeader(live)), JSON.stringify(claims))
  }
  const claim = (name: string): number => Number(decodeJwt(live)[name])

  const expectDead = async (token: string, reason: string): Promise<void> => {
    expect(await server.verify(token)).toEqual({ status: 401, reason })
    expect(await server.introspect(integration, token)).toEqual({ active: false })
    expect(await server.verify(live, PREDICT)).toEqual({ status: 200, reason: null })
  }

  test('a token with the claims of the live token counts as the live token, because the claims identify a token', async () => {
    expect(await server.verify(signed({}), PREDICT)).toEqual({ status: 200, reason: null })
  })

  test.each<[string, () => Record<string, unknown>, string]>([
    ['a jti that was never issued', () => ({ jti: randomUUID() }), 'unknown'],
    ['a generation above the row', () => ({ gen: claim('gen') + 1 }), 'unknown'],
    ['a generation far above the row', () => ({ gen: 2 ** 53 - 1 }), 'unknown'],
    ['a generation below the row', () => ({ gen: claim('gen') - 1 }), 'superseded'],
    ['a generation that no slot ever has', () => ({ gen: 0 }), 'unknown'],
    ['a later end', () => ({ exp: claim('exp') + 86_400 }), 'unknown'],
    ['an earlier end', () => ({ exp: claim('exp') - 1 }), 'unknown'],
    ['an earlier issue time', () => ({ iat: claim('iat') - 1 }), 'unknown'],
    ['another audience', () => ({ aud: 'api://another' }), 'wrong_audience'],
    ['a scope that is not granted', () => ({ scope: MODEL, scp: [MODEL] }), 'unknown'],
    ['a scope that does not exist', () => ({ scope: 'admin', scp: ['admin'] }), 'unknown'],
    ['a client that does not exist', () => ({ sub: 'admin', client_id: 'admin', cid: 'admin' }), 'unknown'],
    ['a client of Object.prototype', () => ({ sub: '__proto__', client_id: '__proto__', cid: '__proto__' }), 'unknown'],
  ])('%s is refused', async (_what, change, reason) => {
    await expectDead(signed(change()), reason)
  })

  test('the claims of the live token are refused with the client ID of another integration', async () => {
    const { clientId } = await server.integration({ scopes: [PREDICT] })
    await expectDead(signed({ sub: clientId, client_id: clientId, cid: clientId }), 'unknown')
  })

  test('a forged token with a higher generation does not lock the client out', async () => {
    await expectDead(signed({ gen: claim('gen') + 1_000_000 }), 'unknown')
    live = await server.token(integration)
    expect(await server.verify(live, PREDICT)).toEqual({ status: 200, reason: null })
  })
})

test('a token that the same key signed for another authorization server id is refused', async () => {
  const claims = { ...decodeJwt(live), iss: server.issuer.replace(/[^/]+$/, 'another') }
  const token = signedWith(stolenKey, JSON.stringify(decodeProtectedHeader(live)), JSON.stringify(claims))
  expect(await server.verify(token)).toEqual({ status: 401, reason: 'bad_signature' })
})

test('an access token is not an admin key', async () => {
  const response = await fetch(`${server.adminUrl}/admin/v1/integrations`, {
    headers: { authorization: `Bearer ${live}` },
  })
  expect(response.status).toBe(401)
})
