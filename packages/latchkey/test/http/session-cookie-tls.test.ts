// The session cookie on a listener that speaks TLS itself.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aCertificate } from '../a-certificate.ts'
import { aFolder } from '../a-folder.ts'
import { codeOf, PASSWORD } from '../a-browser.ts'
import { aServer } from '../a-server.ts'

test('with TLS, the session cookie has the __Host- prefix and is Secure, and changes need the https origin', async () => {
  const { cert, key } = aCertificate()
  const folder = aFolder({ 'tls.crt': cert, 'tls.key': key })
  const server = await aServer({
    env: {
      LATCHKEY_ADMIN_HOST: '0.0.0.0',
      LATCHKEY_TLS_CERT_FILE: join(folder, 'tls.crt'),
      LATCHKEY_TLS_KEY_FILE: join(folder, 'tls.key'),
    },
  })
  const send = async (method: string, path: string, headers: Readonly<Record<string, string>>, body = '') => {
    const request = httpsRequest(`${server.adminUrl}${path}`, {
      method,
      ca: cert,
      headers: { 'x-latchkey-console': '1', ...(body !== '' && { 'content-type': 'application/json' }), ...headers },
    })
    request.end(body)
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    answer.resume()
    return { status: answer.statusCode, cookie: answer.headers['set-cookie']?.[0] ?? '' }
  }
  const origin = server.adminUrl
  expect(origin).toMatch(/^https:/)
  const code = codeOf(server.setUpLink?.reveal() ?? '')
  const body = JSON.stringify({ code, email: 'owner@example.com', password: PASSWORD })
  expect((await send('POST', '/admin/v1/setup', { origin: origin.replace('https', 'http') }, body)).status).toBe(403)
  const made = await send('POST', '/admin/v1/setup', { origin }, body)
  expect(made.status).toBe(201)
  expect(made.cookie).toMatch(/^__Host-latchkey=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
  const [cookie = ''] = made.cookie.split(';')
  expect((await send('GET', '/admin/v1/session', { cookie })).status).toBe(200)
  // On a TLS listener the server ignores a cookie with the name for plain HTTP.
  expect((await send('GET', '/admin/v1/session', { cookie: cookie.replace('__Host-', '') })).status).toBe(401)
})
