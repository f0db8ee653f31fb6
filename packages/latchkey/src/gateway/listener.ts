// The listener for clients: its connection limits, its time-outs, and its answers before there is a request.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { limitListener } from '../connections/limit-listener.ts'
import type { Work } from '../connections/pipeline.ts'
import { createWebServer } from '../http/web-server.ts'
import { answerClientError } from './client-error.ts'

/** Requests with `Expect: 100-continue`, whose body waits for the gateway's word (RFC 9110 §10.1.1). */
const expecting = new WeakSet<IncomingMessage>()

export const expectsContinue = (request: IncomingMessage): boolean => expecting.has(request)

/** Passes every request to `work` in its turn. The server does not listen yet. */
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
    // A request without a body leaves nothing to discard.
    optimizeEmptyRequests: true,
  }
  const server = createWebServer(settings, tls && { cert: tls.cert, key: tls.key.reveal() })
  // By default Node silently drops headers above 2000: a second Authorization header could hide there.
  server.maxHeadersCount = 0
  // Closes a connection without traffic in either direction.
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
    // Otherwise the connection would end with the earlier answer, and the answer to this request would be lost.
    if (before !== undefined && finalAnswers.has(before) && !before.headersSent) before.shouldKeepAlive = true
    latest.set(request.socket, response)
    begin(request, response)
  })
  return server
}

/** The latest answer of each connection. */
const latest = new WeakMap<Duplex, ServerResponse>()

/** Answers that are to end their connections. */
const finalAnswers = new WeakSet<ServerResponse>()

/** Ends the connection with this answer, or with the next one if another request comes before this answer is sent. */
export function endWith(response: ServerResponse): void {
  finalAnswers.add(response)
  response.shouldKeepAlive = false
}
