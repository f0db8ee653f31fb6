// A listener on loopback that counts the connections and bytes that reach it. A test uses this listener at an address to
// which nothing may connect.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface CountingListener {
  readonly port: number
  readonly connections: number
  readonly bytes: number
  /** The number of connections that the other side has ended. */
  readonly ended: number
}

/** Listens on a free port of `address` until the test ends. `::` are all addresses of the machine. */
export async function aCountingListener(address: string): Promise<CountingListener> {
  const counted = { port: 0, connections: 0, bytes: 0, ended: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    counted.connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      counted.ended += 1
    })
    socket.on('data', (chunk) => {
      counted.bytes += chunk.length
    })
  })
  await once(server.listen(0, address), 'listening')
  counted.port = (server.address() as AddressInfo).port
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await once(server.close(), 'close')
  })
  return counted
}
