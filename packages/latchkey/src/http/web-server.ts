// The HTTP or HTTPS server of a listener. It limits the time of TLS handshakes, and ends them when it closes.
import { createServer, type Server, type ServerOptions } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'

/** The certificate and its private key, as PEM texts. */
interface TlsTexts {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

/** Gives a TLS handshake the same time as the headers of a request, in place of Node's two minutes. */
export function createWebServer(
  settings: ServerOptions & { readonly headersTimeout: number },
  tls: TlsTexts | undefined,
): Server {
  if (tls === undefined) return createServer(settings)
  const server = createTlsServer({ ...settings, ...tls, handshakeTimeout: settings.headersTimeout })
  endHandshakes(server)
  return server
}

/**
 * Makes `closeIdleConnections` and `closeAllConnections` end open handshakes too. Node's own methods close a connection
 * only after its handshake.
 */
function endHandshakes(server: TlsServer): void {
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
