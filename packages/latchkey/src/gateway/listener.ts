// The listener for clients: the limits and time-outs of connections, and what is answered before there is a request.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { limitListener } from '../connections/limit-listener.ts'
import type { Work } from '../connections/pipeline.ts'
import { createWebServer } from '../http/web-server.ts'
import { answerClientError } from './client-error.ts'

/** Requests whose body waits for a word of ours (RFC 9110 §10.1.1). */
const expecting = new WeakSet<IncomingMessage>()

export const expectsContinue = (request: IncomingMessage): boolean => expecting.has(request)

/** Every request goes to `work`, in its turn. Not listening yet. */
export function createListener(
  { listener: { tls }, limits, timeouts }: GatewayConfig,
  counts: ConnectionCounts,
  work: Work,
): Server {
  const settings = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    // The listener's limits close an idle connection.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: 500,
    maxHeaderSize: limits.headerBytes,
    // A request without a body has nothing to be thrown away after its answer.
    optimizeEmptyRequests: true,
  }
  const server = createWebServer(settings, tls && { cert: tls.cert, key: tls.key.reveal() })
  // By default Node drops headers above 2000 in silence: a second Authorization header could hide there.
  server.maxHeadersCount = 0
  // A connection on which nothing moves, in either direction.
  server.timeout = Math.max(timeouts.idle, timeouts.response, timeouts.keepAlive) + 1000
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    expecting.add(request)
    server.emit('request', request, response)
  })
  const begin = limitListener(server, {
    counts,
    work,
    answerError: answerClientError,
    keepAlive: timeouts.keepAlive,
  })
  server.on('request', (request, response) => {
    const before = latest.get(request.socket)
    // With that one this one's would be lost.
    if (before !== undefined && farewells.has(before) && !before.headersSent) before.shouldKeepAlive = true
    latest.set(request.socket, response)
    begin(request, response)
  })
  return server
}

/** The answer that a connection waits for, or waited for last. */
const latest = new WeakMap<Duplex, ServerResponse>()

/** Answers with which connections are to end. */
const farewells = new WeakSet<ServerResponse>()

/** Ends the connection with this answer, or with a later one to what comes before this one is on its way. */
export function endWith(response: ServerResponse): void {
  farewells.add(response)
  response.shouldKeepAlive = false
}
