// The connection limit of a listener, and clients that do not read their answers.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import pino from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { ConnectionCounts } from '../../src/connections/connection-counts.ts'
import { limitListener } from '../../src/connections/limit-listener.ts'
import { connectionShare } from '../../src/connections/most-connections.ts'
import { UnreadAnswers } from '../../src/connections/unread-answers.ts'
import { listen } from '../../src/server/listen.ts'
import { aCertificate } from '../a-certificate.ts'
import { RawConnection } from '../raw-http.ts'

/** A number of bytes above the capacity of all buffers between the two ends of a connection. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'a')

interface LimitedServer {
  readonly url: string
  readonly counts: ConnectionCounts
  readonly log: Record<string, unknown>[]
  readonly server: Server
  /** The number of bytes that the server keeps for unread answers. */
  unsent(): number
}

async function aLimitedServer(
  most: number,
  answer: RequestListener,
  tls?: ReturnType<typeof aCertificate>,
  writeTimeout = 300,
): Promise<LimitedServer> {
  const log: Record<string, unknown>[] = []
  const write = (line: string): void => void log.push(JSON.parse(line) as Record<string, unknown>)
  const counts = new ConnectionCounts('test', most, pino({ base: null }, { write }))
  const server = tls === undefined ? createServer() : createTlsServer(tls)
  const answerError = (_error: Error, socket: Socket): void => void socket.destroy()
  const begin = limitListener(server, { counts, work: answer, answerError, writeTimeout })
  const sockets = new Set<Socket>()
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', begin)
  const port = await listen(server, { host: '127.0.0.1', port: 0, setting: 'none' })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const unsent = (): number => [...sockets].reduce((sum, { writableLength }) => sum + writableLength, 0)
  return { url: `http://127.0.0.1:${String(port)}`, counts, log, server, unsent }
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('a connection above the limit is closed at once, counted, and logged once', async () => {
  const { url, counts, log } = await aLimitedServer(2, (_request, response) => response.end('ok'))
  const held = [await RawConnection.open(url), await RawConnection.open(url)]
  for (let i = 0; i < 3; i++) await (await RawConnection.open(url)).closed
  expect(counts).toMatchObject({ most: 2, open: 2, rejected: 3 })
  expect(log).toMatchObject([{ event: 'connections.full', listener: 'test', most: 2 }])
  held[0]?.destroy()
  await expect.poll(() => counts.open).toBe(1)
  const next = await RawConnection.open(url)
  next.write(get)
  expect((await next.answer('GET')).status).toBe(200)
  for (const connection of [...held, next]) connection.destroy()
})

test('a server reserves file descriptors for its store and its log', () => {
  const all = connectionShare(1)
  expect(all).toBeGreaterThan(16)
  expect(connectionShare(0.8) + connectionShare(0.1)).toBeLessThan(all)
})

const readers = {
  'in the clear': { open: (port: number) => connect(port, '127.0.0.1') },
  'over TLS': { open: (port: number) => connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }), tls: true },
}

test.for(Object.entries(readers))(
  'a client that does not read %s is disconnected when the server has buffered the maximum of unread answers',
  async ([, reader]) => {
    let answers = 0
    const tls = 'tls' in reader ? aCertificate() : undefined
    const { url, counts, log } = await aLimitedServer(
      10,
      (_request, response) => {
        answers += 1
        response.end(LARGE)
      },
      tls,
    )
    const socket = reader.open(Number(new URL(url).port))
    socket.on('error', () => undefined)
    const closed = once(socket, 'close')
    socket.pause()
    socket.write(get.repeat(1000))
    await expect.poll(() => counts.cut, { timeout: 20_000 }).toBe(1)
    expect(answers).toBe(1)
    expect(log).toMatchObject([{ event: 'connections.unread', listener: 'test', cut: 1 }])
    socket.resume()
    await closed
  },
)

/** Resolves when `bytes` more bytes have been read. */
async function take(socket: Socket, bytes: number): Promise<void> {
  let taken = 0
  await new Promise<void>((resolve) => {
    const onData = (piece: Buffer): void => {
      taken += piece.length
      if (taken < bytes) return
      socket.off('data', onData)
      socket.pause()
      resolve()
    }
    socket.on('data', onData)
    socket.resume()
  })
}

test.for(Object.entries(readers))(
  'a client that reads %s slowly is not disconnected, even if it takes very long',
  async ([, reader]) => {
    const tls = 'tls' in reader ? aCertificate() : undefined
    const { url, server } = await aLimitedServer(10, (_request, response) => response.end(LARGE), tls, 30_000)
    let cut = 0
    const unread = new UnreadAnswers(30_000, () => (cut += 1))
    const accepted = once(server, tls === undefined ? 'connection' : 'secureConnection') as Promise<[Socket]>
    const socket = reader.open(Number(new URL(url).port))
    const [inServer] = await accepted
    unread.watch(inServer)
    socket.write(get)
    socket.pause()
    let now = 0
    for (let parts = 0; parts < 4; parts++) {
      unread.look((now += 29_000))
      // The number of bytes is above the capacity of the buffers between client and server.
      await take(socket, 6_000_000)
    }
    expect(cut).toBe(0)
    socket.destroy()
  },
)

test('answers that wait for an earlier slow answer use at most one buffer', async () => {
  let answerFirst = (): void => undefined
  let begun = 0
  const { url } = await aLimitedServer(10, (_request, response) => {
    begun += 1
    if (begun === 1) answerFirst = () => void response.end('first')
    else response.end(Buffer.alloc(10_000))
  })
  const connection = await RawConnection.open(url)
  connection.write(get.repeat(60))
  await expect.poll(() => begun).toBeGreaterThan(6)
  const other = await RawConnection.open(url)
  other.write(get)
  await other.answer('GET')
  expect(begun).toBeLessThan(10)
  answerFirst()
  for (let i = 0; i < 60; i++) expect((await connection.answer('GET')).status).toBe(200)
  connection.destroy()
  other.destroy()
})
