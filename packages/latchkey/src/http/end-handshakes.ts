// Connections that have not shaken hands yet end with the idle ones: a listener that stops would wait for each of them.
import type { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'

/**
 * Of a TLS server: its `closeIdleConnections` and `closeAllConnections` know of a connection only once the handshake is
 * over, and Node gives that two minutes.
 */
export function endHandshakes(server: Server): void {
  if (!(server instanceof TlsServer)) return
  const handshakes = new Map<string, Socket>()
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket)
    handshakes.set(peer, socket)
    socket.once('close', () => {
      if (handshakes.get(peer) === socket) handshakes.delete(peer)
    })
  })
  server.on('secureConnection', (socket: Socket) => handshakes.delete(peerOf(socket)))
  const closeIdle = server.closeIdleConnections.bind(server)
  const closeAll = server.closeAllConnections.bind(server)
  const end = (): void => {
    for (const socket of handshakes.values()) socket.destroy()
  }
  server.closeIdleConnections = () => {
    closeIdle()
    end()
  }
  server.closeAllConnections = () => {
    closeAll()
    end()
  }
}

const peerOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string => `${remoteAddress} ${String(remotePort)}`
