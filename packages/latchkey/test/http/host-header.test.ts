// The Host header of a request to the public listener: exactly one, with a valid host.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { headerOf, jsonOf, RawConnection, under } from '../raw-http.ts'
import { aWatchedIntegration, type WatchedIntegration } from '../watched-integration.ts'

let server: TestServer
let integration: WatchedIntegration

beforeAll(async () => {
  server = await startTestServer()
  integration = await aWatchedIntegration(server)
})

afterAll(() => server.stop())

const ASKED = `scope=${PREDICT}&grant_type=client_credentials`

/** The documented token request as raw text, with additional header lines. */
const request = (...lines: readonly string[]): string => {
  const target = `${under(server.issuer, '/v1/token')}?${ASKED}`
  return [`POST ${target} HTTP/1.1`, 'Host: a', `Authorization: ${integration.basic}`, ...lines, '', ''].join('\r\n')
}

describe('the Host header', () => {
  test('missing from HTTP/1.1 is answered 400', async () => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(request().replace('Host: a\r\n', ''))
    const answer = await integration.wasRefused(await connection.answer())
    expect([answer.status, jsonOf(answer)['error']]).toEqual([400, 'invalid_request'])
    connection.destroy()
  })

  test.each(['HTTP/1.1', 'HTTP/1.0'])('sent twice is answered 400 in %s', async (version) => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(request('Host: attacker.example').replace('HTTP/1.1', version))
    const answer = await integration.wasRefused(await connection.answer())
    expect([answer.status, jsonOf(answer)['error']]).toEqual([400, 'invalid_request'])
    connection.destroy()
  })
})

describe('a malformed Host header is answered 400:', () => {
  test.each(['a b', 'evil.example/x', 'user@evil.example', 'evil.example:x', '[::1'])('%s', async (host) => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(request().replace('Host: a\r\n', `Host: ${host}\r\n`))
    const answer = await integration.wasRefused(await connection.answer())
    expect([answer.status, jsonOf(answer)['error']]).toEqual([400, 'invalid_request'])
    connection.destroy()
  })
})

describe('verify answers 401 in place of 400 to a Host header that is', () => {
  const verify = (...hosts: readonly string[]): string =>
    [
      `GET ${under(server.issuer, '/v1/verify')} HTTP/1.1`,
      ...hosts.map((host) => `Host: ${host}`),
      `Authorization: Bearer ${integration.live.predict}`,
      '',
      '',
    ].join('\r\n')

  test.each<[string, readonly string[]]>([
    ['missing', []],
    ['sent twice', ['a', 'b']],
    ['a text that is no host', ['a/b']],
  ])('%s', async (_what, hosts) => {
    const connection = await RawConnection.open(server.publicUrl)
    connection.write(verify(...hosts) + verify('a'))
    const answer = await connection.answer()
    expect([answer.status, headerOf(answer, 'latchkey-reason')]).toEqual([401, 'malformed'])
    expect(headerOf(answer, 'x-latchkey-client-id')).toBe('')
    expect((await connection.answer()).status).toBe(200)
    connection.destroy()
  })
})
