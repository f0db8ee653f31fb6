// An HTTPS server on loopback that publishes keys, as a trusted issuer does.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { aCertificate, type TestCertificate } from './a-certificate.ts'

export type Answering = (request: IncomingMessage, response: ServerResponse) => void

export interface KeyServer {
  /** The origin of the server: `https://` with the name of its certificate and its port. */
  readonly origin: string
  readonly port: number
  readonly certificate: TestCertificate
  /** The paths that were requested. */
  readonly requests: readonly string[]
  /** Answers all later requests in this way. */
  answer(how: Answering): void
  /** Answers all later requests with this document. */
  publish(document: unknown, headers?: Readonly<Record<string, string>>): void
  /** Refuses all connections. */
  stop(): Promise<void>
  /** Accepts connections again, on the same port. */
  start(): Promise<void>
}

interface Place {
  readonly name?: string
  readonly address?: string
  readonly certificate?: TestCertificate
}

/** Starts a server for the running test. Its certificate is for `name`. */
export async function aKeyServer({
  name = 'keys.test',
  address = '127.0.0.1',
  certificate = aCertificate(name),
}: Place = {}): Promise<KeyServer> {
  const requests: string[] = []
  const connections = new Set<Socket>()
  let how: Answering = (_, response) => void response.writeHead(404).end()
  const server = createServer(certificate, (request, response) => {
    requests.push(request.url ?? '')
    how(request, response)
  })
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  let port = 0
  const start = async (): Promise<void> => {
    await once(server.listen(port, address), 'listening')
    port = (server.address() as AddressInfo).port
  }
  const stop = async (): Promise<void> => {
    for (const socket of connections) socket.destroy()
    if (server.listening) await once(server.close(), 'close')
  }
  await start()
  onTestFinished(stop)
  return {
    ...{ port, certificate, requests, start, stop, origin: `https://${name}:${String(port)}` },
    answer: (next) => {
      how = next
    },
    publish: (document, headers = {}) => {
      how = (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(document))
      }
    },
  }
}
