// A listener that closes while its process is delayed answers every request that had already reached the machine.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { closeServer } from '../../../src/server/close-server.ts'

const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

async function aServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((_request, response) => response.end('done'))
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** Returns all bytes until the connection ends, or the reason why it broke. */
function received(socket: Socket): Promise<string> {
  let text = ''
  return new Promise((resolve) => {
    socket.setEncoding('latin1').on('data', (part: string) => (text += part))
    socket.once('error', ({ message }) => resolve(message))
    socket.once('end', () => resolve(text))
  })
}

/** Blocks this process until the given time, as a busy machine would. */
function holdUp(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}

test('a closing listener answers a request that arrived on an open connection while the process was delayed', async () => {
  const { server, port } = await aServer()
  const socket = connect(port, '127.0.0.1')
  socket.write(REQUEST)
  const [first] = (await once(socket, 'data')) as [Buffer]
  expect(first.toString()).toContain('keep-alive')
  const closed = closeServer(server)
  await expect.poll(() => server.listening).toBe(false)
  const answer = received(socket)
  socket.write(REQUEST)
  holdUp(400)
  expect(await answer).toMatch(/^HTTP\/1\.1 200 /)
  await closed
})

test('a closing listener answers a request on a connection that was opened while the process was delayed', async () => {
  const { server, port } = await aServer()
  const socket = connect(port, '127.0.0.1')
  const answer = received(socket)
  socket.write(REQUEST)
  const closed = closeServer(server)
  holdUp(400)
  expect(await answer).toMatch(/^HTTP\/1\.1 200 /)
  await closed
})

test('a closing listener answers the requests on thirty connections that waited to be accepted', async () => {
  const { server, port } = await aServer()
  const answers = Array.from({ length: 30 }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(REQUEST)
    return received(socket)
  })
  const closed = closeServer(server)
  holdUp(400)
  for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  await closed
})
