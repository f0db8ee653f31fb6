// The listener for clients, with its limits, its time-outs, and its answers to requests that are not valid HTTP.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { limitListener } from '../connections/limit-listener.ts'
import type { Work } from '../connections/pipeline.ts'
import { createWebServer } from '../http/web-server.ts'
import { answerClientError } from './client-error.ts'

/**
 * The requests with `Expect: 100-continue`. Their clients send the body only after an interim answer of the gateway
 * (RFC 9110 §10.1.1).
 */
const expecting = new WeakSet<IncomingMessage>()

export const expectsContinue = (request: IncomingMessage): boolean => expecting.has(request)

/**
 * Makes the HTTP server, which does not listen yet. The server passes each request to `work` as soon as the limits
 * allow it.
 */
export function createListener(
  { listener: { tls }, limits, timeouts }: GatewayConfig,
  counts: ConnectionCounts,
  work: Work,
): Server {
  const settings = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    // The time-out of Node.js for idle connections is off, because `limitListener` closes idle connections.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: 500,
    maxHeaderSize: limits.headerBytes,
    // With this option, the body stream of a request without a body has already ended when the gateway gets the
    // request.
    optimizeEmptyRequests: true,
  }
  const server = createWebServer(settings, tls && { cert: tls.cert, key: tls.key.reveal() })
  // By default, Node.js silently drops all headers after the 2000th. A second Authorization header could be among the
  // dropped headers.
  server.maxHeadersCount = 0
  // The time without any traffic after which Node.js closes a connection.
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
    // This request still needs its answer on the connection, so the earlier answer must not close the connection.
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
 * Closes the connection after this answer. If another request arrives before this answer is sent, closes the connection
 * after the answer to that request instead.
 */
export function endWith(response: ServerResponse): void {
  finalAnswers.add(response)
  response.shouldKeepAlive = false
}
