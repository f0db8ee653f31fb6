// The listener for clients: the limits and time-outs of connections, and what is answered before there is a request.
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { fastify, type FastifyInstance } from 'fastify'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { ConnectionCounts } from '../connections/connection-counts.ts'
import { limitListener } from '../connections/limit-listener.ts'
import { requestIdFrom } from '../http/public/request-id.ts'
import { createWebServer } from '../http/web-server.ts'
import { BodyLimit } from './body-limit.ts'
import { answerClientError } from './client-error.ts'
import { problemBody, problemHeaders, PROBLEMS } from './problem.ts'

export type Listener = FastifyInstance

/** Requests whose body waits for a word of ours (RFC 9110 §10.1.1). */
const expecting = new WeakSet<IncomingMessage>()

export const expectsContinue = (request: IncomingMessage): boolean => expecting.has(request)

/** Built, without routes, not yet listening. */
export function createListener(config: GatewayConfig, counts: ConnectionCounts): Listener {
  const { trustedProxies } = config
  const app = fastify({
    serverFactory: (handler) => createHttpServer(config, counts, handler),
    genReqId: ({ headers }) => requestIdFrom(headers['x-request-id'] as string | undefined),
    ...(trustedProxies.length > 0 && { trustProxy: [...trustedProxies] }),
    exposeHeadRoutes: false,
    // Who asks while the gateway stops is answered, and told that the connection ends.
    return503OnClosing: false,
    // The limits of the listener come with an answer to it.
    clientErrorHandler: () => undefined,
    // A path that cannot be decoded comes past every hook.
    frameworkErrors: (_error, { id }, { raw }) => {
      const body = problemBody(PROBLEMS.noRoute, id)
      const headers = { ...problemHeaders(PROBLEMS.noRoute), 'x-request-id': id, 'content-length': body.length }
      raw.writeHead(PROBLEMS.noRoute.status, headers).end(body)
    },
  })
  // Bodies are passed on as they come; nothing here reads them.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', ({ headers }, payload, done) => {
    const isCounted = headers['transfer-encoding'] !== undefined
    done(null, isCounted ? payload.pipe(new BodyLimit(config.limits.bodyBytes)) : payload)
  })
  return app
}

function createHttpServer(
  { listener: { tls }, limits, timeouts }: GatewayConfig,
  counts: ConnectionCounts,
  handler: RequestListener,
): Server {
  const settings = {
    headersTimeout: timeouts.headers,
    requestTimeout: timeouts.request,
    keepAliveTimeout: timeouts.keepAlive,
    connectionsCheckingInterval: 500,
    maxHeaderSize: limits.headerBytes,
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
    work: (request, response) => {
      handler(request, response)
    },
    answerError: answerClientError,
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
