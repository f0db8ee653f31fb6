// A proxy in front of the server. A test can make it slow or silent while both ends stay connected.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** What the proxy does with the bytes that the server sends. */
export type Fault =
  | { readonly kind: 'none' }
  /** Delivers each byte later by this delay. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Holds back all bytes while this fault lasts, and then delivers them. */
  | { readonly kind: 'silence' }

export interface TcpProxy {
  readonly url: string
  /** The port to which the proxy connects. */
  target: number
  /** Sets the fault from now on. With `feed` it applies only to connections that requested the feed. */
  impose(fault: Fault, on: 'feed' | 'everything'): void
  /** Closes all connections. */
  cut(): void
  /** The cursor of each request for the feed. Empty for a request without a cursor. */
  readonly feedRequests: readonly string[]
}

interface Connection {
  readonly client: Socket
  isFeed: boolean
  readonly queue: { readonly bytes: Buffer; readonly arrived: number }[]
}

const FEED_REQUEST = /GET \S*\/v1\/feed HTTP/
const TICK_MS = 5

/** Starts a proxy, which ends with the running test. */
export async function aTcpProxy(): Promise<TcpProxy> {
  const connections = new Set<Connection>()
  const feedRequests: string[] = []
  let imposed: { readonly fault: Fault; readonly on: 'feed' | 'everything' } = {
    fault: { kind: 'none' },
    on: 'everything',
  }
  let target = 0

  const deliver = (connection: Connection): void => {
    const { fault, on } = imposed
    const applies = on === 'everything' || connection.isFeed
    const now = performance.now()
    while (connection.queue[0] !== undefined) {
      if (applies && fault.kind === 'silence') return
      if (applies && fault.kind === 'delay' && now - connection.queue[0].arrived < fault.ms) return
      connection.client.write((connection.queue.shift() as (typeof connection.queue)[number]).bytes)
    }
  }

  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    const connection: Connection = { client, isFeed: false, queue: [] }
    connections.add(connection)
    client.on('data', (bytes: Buffer) => {
      const text = bytes.toString('latin1')
      if (FEED_REQUEST.test(text)) {
        connection.isFeed = true
        feedRequests.push(/last-event-id: (\S+)/i.exec(text)?.[1] ?? '')
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes: Buffer) => {
      connection.queue.push({ bytes, arrived: performance.now() })
      deliver(connection)
    })
    const end = (): void => {
      connections.delete(connection)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      socket.on('error', end)
      socket.on('close', () => {
        // The end of a connection must not overtake the bytes that are still in flight.
        if (socket === client || imposed.fault.kind === 'none') end()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const ticks = setInterval(() => {
    for (const connection of connections) deliver(connection)
  }, TICK_MS)
  const cut = (): void => {
    for (const { client } of connections) client.destroy()
  }
  onTestFinished(() => {
    clearInterval(ticks)
    cut()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get target() {
      return target
    },
    set target(port) {
      target = port
    },
    impose: (fault, on) => {
      imposed = { fault, on }
    },
    cut,
    feedRequests,
  }
}
