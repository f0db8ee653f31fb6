// How the gateway decides about a token for another scope, a path without an API, a missing token, and an ambiguous
// token.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { echo, startTestGateway, startUpstream, type TestGateway, type TestUpstream } from '../a-gateway.ts'
import { MODEL, startTestServer, type TestServer } from '../a-server.ts'
import { ask, headerOf, jsonOf } from '../raw-http.ts'

let server: TestServer
let upstream: TestUpstream
let gateway: TestGateway
let token: string

beforeAll(async () => {
  server = await startTestServer()
  const reader = await server.integration({ name: 'Gateway', resourceServer: true })
  upstream = await startUpstream(echo)
  gateway = await startTestGateway({ server, reader, upstream: upstream.url })
  token = await server.token(await server.integration())
})

afterAll(async () => {
  await gateway.stop()
  upstream.stop()
  await server.stop()
})

const bearer = (text: string): readonly [string, string] => ['Authorization', `Bearer ${text}`]

test('a token for another scope is answered 403, and the answer names the required scope', async () => {
  const target = '/customers/acme/ai/models'
  const answer = await ask(gateway.url, { method: 'GET', target, headers: [bearer(token)] })
  expect(answer.status).toBe(403)
  expect(headerOf(answer, 'latchkey-reason')).toBe('insufficient_scope')
  expect(headerOf(answer, 'www-authenticate')).toContain(`scope="${MODEL}"`)
})

test('a path without an API is answered 404 with or without a token, and reaches no upstream', async () => {
  for (const headers of [[bearer(token)], []]) {
    const answer = await ask(gateway.url, { method: 'GET', target: '/ai/other', headers })
    expect(answer.status).toBe(404)
    expect(headerOf(answer, 'content-type')).toBe('application/problem+json')
    expect(jsonOf(answer)).toMatchObject({ code: 'no_route', request_id: headerOf(answer, 'x-request-id') })
  }
})

test('without a token the answer is 401 with a challenge that has no error code', async () => {
  const answer = await ask(gateway.url, { method: 'GET', target: '/ai/usecase' })
  expect(answer.status).toBe(401)
  expect(headerOf(answer, 'www-authenticate')).toBe('Bearer realm="latchkey"')
})

test('a request with two Authorization headers is refused', async () => {
  const headers = [bearer(token), bearer('another')]
  const answer = await ask(gateway.url, { method: 'GET', target: '/ai/usecase', headers })
  expect(answer.status).toBe(401)
  expect(headerOf(answer, 'latchkey-reason')).toBe('malformed')
})
