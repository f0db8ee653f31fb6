// The first request to a server: the server listens only when all its parts are ready.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../../../e2e/free-port.ts'
import { startTestServer } from '../a-server.ts'

/** Tries to connect until the server accepts the connection. */
async function firstConnection(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    if (await once(socket, 'connect').catch(() => undefined)) return socket
  }
}

test('a client that connects while the server starts gets the normal answer, never a 503', async () => {
  const port = await freePort()
  const starting = startTestServer({ env: { LATCHKEY_PORT: String(port) } })
  onTestFinished(async () => (await starting).stop())
  const socket = await firstConnection(port)
  socket.end('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  const [head] = (await once(socket, 'data')) as [Buffer]
  expect(head.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /)
})
