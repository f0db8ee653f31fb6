// The admin listener on an address other than loopback: it uses TLS with the configured certificate. The command line
// uses TLS too.
import { once } from 'node:events'
import { get } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aCertificate } from '../a-certificate.ts'
import { aFolder } from '../a-folder.ts'
import { aServer } from '../a-server.ts'
import { runLatchkey } from '../run-latchkey.ts'

async function aServerOnAllAddresses() {
  const { cert, key } = aCertificate()
  const folder = aFolder({ 'tls.crt': cert, 'tls.key': key })
  const certFile = join(folder, 'tls.crt')
  const server = await aServer({
    env: {
      LATCHKEY_ADMIN_HOST: '0.0.0.0',
      LATCHKEY_TLS_CERT_FILE: certFile,
      LATCHKEY_TLS_KEY_FILE: join(folder, 'tls.key'),
    },
  })
  return { server, cert, certFile }
}

async function statusOf(url: string, ca: string, host?: string): Promise<number | undefined> {
  // The client does not check the certificate here, because this test is about the checks of the server.
  const request = get(url, {
    ca,
    ...(host !== undefined && { headers: { host }, checkServerIdentity: () => undefined }),
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}

test('the listener uses TLS, and accepts only a Host header that names its own address', async () => {
  const { server, cert } = await aServerOnAllAddresses()
  expect(server.adminUrl).toMatch(/^https:\/\/127\.0\.0\.1:/)
  const { port } = new URL(server.adminUrl)
  expect(await statusOf(`${server.adminUrl}/livez`, cert)).toBe(200)
  expect(await statusOf(`${server.adminUrl}/livez`, cert, `evil.example:${port}`)).toBe(421)
})

test('the listener does not accept plain HTTP', async () => {
  const { server } = await aServerOnAllAddresses()
  await expect(fetch(server.adminUrl.replace('https:', 'http:'))).rejects.toThrow()
})

test('the command line uses the listener if it trusts the certificate, and otherwise says how to trust the certificate', async () => {
  const { server, certFile } = await aServerOnAllAddresses()
  const env = { LATCHKEY_DATA_DIR: server.dataDir }
  const trusting = await runLatchkey(['integrations', 'list', '--json'], { ...env, NODE_EXTRA_CA_CERTS: certFile })
  expect(JSON.parse(trusting.stdout)).toEqual({ items: [] })
  const wary = await runLatchkey(['integrations', 'list'], env)
  expect(wary.exitCode).toBe(5)
  expect(wary.stderr).toContain('NODE_EXTRA_CA_CERTS')
})
