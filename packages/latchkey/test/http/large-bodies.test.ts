// If a body is too large, a client that is still sending can read the answer.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PREDICT, startTestServer, type TestServer } from '../a-server.ts'
import { under } from '../raw-http.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

interface Upload {
  readonly socket: Socket
  /** Resolves when the client has received this text. */
  readonly received: (text: RegExp) => Promise<string>
  /** How the connection ended: the server closed it, or the client saw a reset. */
  readonly ended: Promise<'closed' | 'reset'>
}

async function upload(headers: readonly string[]): Promise<Upload> {
  const { hostname, port } = new URL(server.publicUrl)
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  await once(socket, 'connect')
  let text = ''
  let wake: () => void = () => undefined
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString()
    wake()
  })
  const ended = new Promise<'closed' | 'reset'>((resolve) => {
    socket.once('end', () => {
      resolve('closed')
    })
    socket.once('error', () => {
      resolve('reset')
    })
  })
  socket.write(
    [
      `POST ${under(server.issuer, '/v1/token')} HTTP/1.1`,
      'Host: a',
      'Connection: keep-alive',
      ...headers,
      '',
      '',
    ].join('\r\n'),
  )
  return {
    socket,
    received: async (wanted) => {
      while (!wanted.test(text)) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      return text
    },
    ended,
  }
}

const FORM = 'Content-Type: application/x-www-form-urlencoded'
const WHOLE_ANSWER = /16 KiB\."\}$/

test('a client that sends its whole body first can read the 413', async () => {
  const { socket, received, ended } = await upload([FORM, 'Content-Length: 400000'])
  await received(/^/)
  socket.write('a'.repeat(100_000))
  await received(WHOLE_ANSWER)
  // The client is still sending the body when the answer arrives.
  for (let i = 0; i < 3; i++) socket.write('a'.repeat(100_000))
  expect(await ended).toBe('closed')
  const text = await received(WHOLE_ANSWER)
  expect(text).toMatch(/^HTTP\/1\.1 413 /)
  expect(text).toMatch(/\r\nConnection: close\r\n/)
  socket.destroy()
})

test('after a large body of an unsupported type, the next request is answered', async () => {
  const { socket, received, ended } = await upload(['Content-Type: text/plain', 'Content-Length: 50000'])
  socket.write('a'.repeat(50_000))
  expect(await ended).toBe('closed')
  const text = await received(/\}$/)
  expect(text).toMatch(/^HTTP\/1\.1 415 /)
  expect(text).toMatch(/\r\nConnection: close\r\n/)
  socket.destroy()
})

test('a client that never stops sending gets its answer, and is disconnected after two seconds', async () => {
  const { socket, received, ended } = await upload([FORM, 'Transfer-Encoding: chunked'])
  const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`
  const more = (): void => void (socket.writable && socket.write(chunk))
  socket.on('drain', more)
  more()
  more()
  await received(WHOLE_ANSWER)
  await ended
  socket.destroy()
})

test('a request after a body that is too large is not executed', async () => {
  const integration = await server.integration()
  const live = await server.token(integration)
  const { socket, received, ended } = await upload([FORM, 'Content-Length: 400000'])
  socket.write('a'.repeat(100_000))
  await received(WHOLE_ANSWER)
  const target = `${under(server.issuer, '/v1/token')}?grant_type=client_credentials&scope=${PREDICT}`
  socket.write('a'.repeat(300_000))
  socket.write(`POST ${target} HTTP/1.1\r\nHost: a\r\nAuthorization: ${integration.basic}\r\n\r\n`)
  await ended
  // This commit comes after the commits of all requests in flight.
  await server.token(await server.integration())
  expect(await server.verify(live)).toEqual({ status: 200, reason: null })
  socket.destroy()
})
