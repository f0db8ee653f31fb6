// The listener for clients: its connection limits, its time-outs, and its answers to requests that cannot be read.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { limitListener } from '../connections/limit-listener.ts'
import type { Work } from '../connections/pipeline.ts'
import { createWebServer } from '../http/web-server.ts'
import { answerClientError } from './client-error.ts'

/** The requests with `Expect: 100-continue`, whose body waits for the gateway's interim answer (RFC 9110 §10.1.1). */
const expecting = new WeakSet<IncomingMessage>()

export const expectsContinue = (request: IncomingMessage): boolean => expecting.has(request)

/**
 * Makes the server, which does not listen yet. The server passes each request to `work` when the limits allow the
 * request to run.
 */
export function createListener(
  { listener: { tls }, limits, timeouts }: GatewayConfig,
  counts: ConnectionCounts,
  work: Work,
): Server {
  const settings = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    // Node's own time-out for idle connections is off, because the limits of the listener close them.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: 500,
    maxHeaderSize: limits.headerBytes,
    // A request without a body has nothing to discard.
    optimizeEmptyRequests: true,
  }
  const server = createWebServer(settings, tls && { cert: tls.cert, key: tls.key.reveal() })
  // By default Node drops all headers after the 2000th without an error. A second Authorization header could be among
  // the dropped headers.
  server.maxHeadersCount = 0
  // Closes a connection without any traffic.
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
    // Otherwise the connection would be closed after the earlier answer, and the answer to this request would be lost.
    if (before !== undefined && finalAnswers.has(before) && !before.headersSent) before.shouldKeepAlive = true
    latest.set(request.socket, response)
    begin(request, response)
  })
  return server
}

/** The latest answer of each connection. */
const latest = new WeakMap<Duplex, ServerResponse>()

/** The answers after which their connections are closed. */
const finalAnswers = new WeakSet<ServerResponse>()

/**
 * Closes the connection after this answer. If another request comes before this answer is sent, closes it after the
 * next answer.
 */
export function endWith(response: ServerResponse): void {
  finalAnswers.add(response)
  response.shouldKeepAlive = false
}
