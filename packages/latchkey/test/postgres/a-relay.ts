// A port between a server and its database that forwards connections until the test ends.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Relay {
  readonly port: number
  /** The open sockets: the accepted connections, and the sockets that were passed to `keep`. */
  readonly open: ReadonlySet<Socket>
}

/**
 * Makes a relay, which passes each new connection to `join`. When the relay ends, it closes these connections, and each
 * socket that `join` passed to `keep`.
 */
export async function aRelay(join: (near: Socket, keep: (socket: Socket) => void) => void): Promise<Relay> {
  const open = new Set<Socket>()
  const keep = (socket: Socket): void => {
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
  }
  const server = createServer((near) => {
    keep(near)
    join(near, keep)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, open }
}
