// Connections on which the client sends nothing, not even the first bytes of TLS. The server closes them soon, and a
// server that stops does not wait for them.
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { aCertificate } from '../a-certificate.ts'
import { aFolder } from '../a-folder.ts'
import { aGateway, anUpstream, echo } from '../a-gateway.ts'
import { aServer, startTestServer } from '../a-server.ts'
import { RawConnection } from '../raw-http.ts'

/** The longest duration in milliseconds of a stop without open requests on a busy machine. */
const SOON_MS = 4000

function aCertificateInFiles(): { readonly certFile: string; readonly keyFile: string } {
  const { cert, key } = aCertificate()
  const folder = aFolder({ 'tls.crt': cert, 'tls.key': key })
  return { certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }
}

/** Resolves when the server has accepted the connection. */
async function silentAt(url: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
}

const millisecondsOf = async (stop: () => Promise<void>): Promise<number> => {
  const begunAt = performance.now()
  await stop()
  return performance.now() - begunAt
}

test('a server stops while a client has open connections to its TLS listeners and sends nothing', async () => {
  const { certFile, keyFile } = aCertificateInFiles()
  const env = { LATCHKEY_ADMIN_HOST: '0.0.0.0', LATCHKEY_TLS_CERT_FILE: certFile, LATCHKEY_TLS_KEY_FILE: keyFile }
  const server = await startTestServer({ env })
  await silentAt(server.publicUrl)
  await silentAt(server.adminUrl)
  expect(await millisecondsOf(() => server.stop())).toBeLessThan(SOON_MS)
})

test('a gateway stops without a delay while a client has silent connections to its TLS listener', async () => {
  const { certFile, keyFile } = aCertificateInFiles()
  const server = await aServer()
  const reader = await server.integration({ name: 'Gateway', resourceServer: true })
  const file = `listen: { port: 0, tls_cert_file: ${certFile}, tls_key_file: ${keyFile} }`
  const gateway = await aGateway({ server, reader, upstream: await anUpstream(echo), file })
  await silentAt(gateway.url)
  expect(await millisecondsOf(() => gateway.stop())).toBeLessThan(SOON_MS)
})

/** The first bytes of a TLS handshake, which the client does not complete. */
const HALF_A_HELLO = Buffer.from('16030102000100', 'hex')

describe('an incomplete handshake is cut', () => {
  test('by the server after the time-out for headers', async () => {
    const { certFile, keyFile } = aCertificateInFiles()
    const env = { LATCHKEY_TLS_CERT_FILE: certFile, LATCHKEY_TLS_KEY_FILE: keyFile }
    const server = await aServer({ env, timeouts: { headers: 150, request: 300, keepAlive: 50, write: 200 } })
    const [silent, slow] = [await RawConnection.open(server.publicUrl), await RawConnection.open(server.publicUrl)]
    slow.write(HALF_A_HELLO)
    await Promise.all([silent.closed, slow.closed])
  })

  test('by the gateway, too', async () => {
    const { certFile, keyFile } = aCertificateInFiles()
    const server = await aServer()
    const reader = await server.integration({ name: 'Gateway', resourceServer: true })
    const file = `listen: { port: 0, tls_cert_file: ${certFile}, tls_key_file: ${keyFile} }\ntimeouts: { headers_seconds: 1 }`
    const gateway = await aGateway({ server, reader, upstream: await anUpstream(echo), file })
    const slow = await RawConnection.open(gateway.url)
    slow.write(HALF_A_HELLO)
    await slow.closed
  })
})
