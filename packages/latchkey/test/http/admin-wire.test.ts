// Requests to the admin listener, as raw bytes that no HTTP library would send.
import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { aServer } from '../a-server.ts'

/** Sends the bytes, and reads until the server closes the connection. */
function exchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
  })
}

const hostOf = (url: string): string => new URL(url).host

test('bytes that are not HTTP are answered with a problem, and the connection is closed', async () => {
  const { adminUrl } = await aServer()
  const answer = await exchange(adminUrl, 'HELLO LATCHKEY\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  expect(answer).toContain('content-type: application/problem+json')
  expect(answer).toContain('cache-control: no-store')
  expect(answer).toContain('"code":"malformed_request"')
})

test('headers over 16 KiB are answered 431', async () => {
  const { adminUrl } = await aServer()
  const request = `GET / HTTP/1.1\r\nHost: ${hostOf(adminUrl)}\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`
  expect(await exchange(adminUrl, request)).toMatch(/^HTTP\/1\.1 431 [\s\S]*"code":"headers_too_large"/)
})

test('two Authorization headers are refused, even if one is valid', async () => {
  const { adminUrl, adminKey } = await aServer()
  const good = `Authorization: Bearer ${adminKey.reveal()}`
  for (const headers of [
    [good, 'Authorization: Bearer other'],
    ['authorization: Bearer other', good],
    [good, good],
  ]) {
    const request = `GET /admin/v1/integrations HTTP/1.1\r\nHost: ${hostOf(adminUrl)}\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n`
    expect(await exchange(adminUrl, request)).toMatch(/^HTTP\/1\.1 400 /)
  }
})

test('a second Authorization header after 2000 other headers is found', async () => {
  const { adminUrl, adminKey } = await aServer()
  const filler = Array.from({ length: 2100 }, () => 'a:\r\n').join('')
  const request = `GET /admin/v1/integrations HTTP/1.1\r\nHost: ${hostOf(adminUrl)}\r\nAuthorization: Bearer ${adminKey.reveal()}\r\n${filler}Authorization: Bearer other\r\nConnection: close\r\n\r\n`
  expect(await exchange(adminUrl, request)).toMatch(/^HTTP\/1\.1 400 /)
})

test('a request without a Host header, or with two, is refused', async () => {
  const { adminUrl } = await aServer()
  const without = await exchange(adminUrl, 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n')
  expect(without).toMatch(/^HTTP\/1\.1 421 [\s\S]*"code":"wrong_host"/)
  const two = await exchange(
    adminUrl,
    `GET /livez HTTP/1.1\r\nHost: evil.example\r\nHost: ${hostOf(adminUrl)}\r\nConnection: close\r\n\r\n`,
  )
  expect(two).toMatch(/^HTTP\/1\.1 4[02][01] /)
  const good = await exchange(
    adminUrl,
    `GET /livez HTTP/1.1\r\nHost: ${hostOf(adminUrl)}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
  )
  expect(good).toMatch(/^HTTP\/1\.1 400 /)
})

test('a request with a foreign host name that resolves to the address of the listener is refused', async () => {
  const { adminUrl } = await aServer()
  const { port } = new URL(adminUrl)
  const request = `GET /livez HTTP/1.1\r\nHost: rebound.example:${port}\r\nConnection: close\r\n\r\n`
  expect(await exchange(adminUrl, request)).toMatch(/^HTTP\/1\.1 421 /)
})

test('an absolute request target does not bypass the Host check', async () => {
  const { adminUrl } = await aServer()
  const request = `GET http://${hostOf(adminUrl)}/livez HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`
  expect(await exchange(adminUrl, request)).toMatch(/^HTTP\/1\.1 4/)
})

test('a path that cannot be decoded is answered with a problem', async () => {
  const { adminUrl } = await aServer()
  const request = `GET /admin/v1/integrations/%zz HTTP/1.1\r\nHost: ${hostOf(adminUrl)}\r\nConnection: close\r\n\r\n`
  const answer = await exchange(adminUrl, request)
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toContain('application/problem+json')
})

test('a path segment that is too long is reported as too long', async () => {
  const { adminUrl } = await aServer()
  const answer = await fetch(`${adminUrl}/admin/v1/integrations/${'a'.repeat(500)}`)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ detail: 'A name in the path is too long.' })
})

test('an incomplete request does not delay the stop of the server', async () => {
  const server = await aServer()
  const { hostname, port } = new URL(server.adminUrl)
  const socket = connect(Number(port), hostname)
  socket.write(
    `POST /admin/v1/integrations HTTP/1.1\r\nHost: ${hostOf(server.adminUrl)}\r\nAuthorization: Bearer ${server.adminKey.reveal()}\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n`,
  )
  // The server has read the headers of the incomplete request.
  await once(socket, 'data')
  const closed = once(socket, 'close')
  await server.stop()
  await closed
})
