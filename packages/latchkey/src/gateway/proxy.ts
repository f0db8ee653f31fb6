// Judges each request by its route and its token, and passes on what may pass.
import replyFrom, { type FastifyReplyFromOptions } from '@fastify/reply-from'
import type { Guard, RefusedDecision } from '@latchkey/guard'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { BlockList } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { GatewayApi, GatewayConfig } from '../config/gateway-config.ts'
import { isHostValue } from '../http/host-value.ts'
import { headersOf } from '../http/public/public-request.ts'
import { isChunked, isCodingUnknown } from '../http/public/request-body.ts'
import { clientAddresses, trustedProxyList } from '../http/requester.ts'
import type { AccessLog, Logger } from '../log.ts'
import { type Exchange, logRequest } from './exchange.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { isBodiless, type Origin, requestHeaders, responseHeaders } from './identity.ts'
import { endWith, expectsContinue, type Listener } from './listener.ts'
import { type Problem, problemBody, problemHeaders, PROBLEMS } from './problem.ts'
import { readRawHeaders } from './raw-headers.ts'
import { RouteTable } from './route-table.ts'
import { codeOf, upstreamProblem, type Upstreams } from './upstreams.ts'

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange
  }
}

export interface ProxyPorts {
  readonly config: GatewayConfig
  readonly guard: Guard
  readonly upstreams: Upstreams
  readonly metrics: GatewayMetrics
  /** It is about to stop: each connection is to end with the answer that it waits for. */
  readonly isLeaving: () => boolean
  readonly logger: Logger
  /** For the line of each request. */
  readonly accessLog: AccessLog
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const NO_ROUTE = 'none'
const URLS_REMEMBERED = 1000

export async function addProxy(app: Listener, ports: ProxyPorts): Promise<void> {
  const table = new RouteTable(ports.config.apis)
  const trusted = trustedProxyList(ports.config.trustedProxies)
  app.decorateRequest('exchange')
  await app.register(replyFrom, {
    // The library's own agent would not verify an upstream's certificate. Of this one it calls `request` alone.
    undici: ports.upstreams as unknown as NonNullable<FastifyReplyFromOptions['undici']>,
    disableRequestLogging: true,
    cacheURLs: URLS_REMEMBERED,
  })
  app.addHook('onRequest', (request, reply, done) => {
    begin(ports, { table, trusted }, request, reply)
    // Before the framework looks at the body: it has an opinion of its own about that of a QUERY.
    if (METHODS.includes(request.method)) done()
    else sendProblem(reply, request.exchange.found === undefined ? PROBLEMS.noRoute : PROBLEMS.methodNotPassed)
  })
  app.route({
    method: METHODS,
    url: '*',
    onRequest: (request, reply) => admit(ports, request, reply),
    // Nothing is returned: for a reply that is, the framework would watch the connection once more.
    handler: (request, reply) => {
      forward(ports, request, reply)
    },
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, PROBLEMS.noRoute))
  // What the framework says of an error by itself is not for clients.
  app.setErrorHandler((error, { id }, reply) => {
    if (codeOf(error) === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return sendProblem(reply, PROBLEMS.typeUnreadable)
    ports.logger.error({ event: 'gateway.fault', request_id: id, err: error }, 'the gateway failed')
    return finish(reply.code(500).headers(problemHeaders(PROBLEMS.fault)), problemBody(PROBLEMS.fault, id))
  })
}

function begin(
  { metrics, isLeaving, accessLog }: ProxyPorts,
  { table, trusted }: { readonly table: RouteTable<GatewayApi>; readonly trusted: BlockList | undefined },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const found = table.find(request.raw.url ?? '')
  const { id, method } = request
  const forwardedFor = headersOf(request.raw.rawHeaders, 'x-forwarded-for').join(',')
  const addresses = clientAddresses(request.socket.remoteAddress ?? '', forwardedFor, trusted)
  const exchange: Exchange = {
    id,
    method,
    addresses,
    found,
    isGone: false,
    begunAt: performance.now(),
  }
  request.exchange = exchange
  void reply.header('x-request-id', id)
  if (isLeaving()) endWith(reply.raw)
  const meter = metrics.route(found?.route ?? NO_ROUTE)
  const begun = meter.begun()
  reply.raw.once('close', () => {
    const isWhole = reply.raw.writableFinished
    if (!isWhole) {
      exchange.isGone = true
      reply.raw.emit('abort')
    }
    meter.answered(begun, method, reply.raw.statusCode)
    logRequest(accessLog, exchange, reply.raw.statusCode, isWhole)
  })
}

/** In the order of what is cheapest to refuse; whoever is refused learns nothing about what comes after. */
async function admit(
  ports: ProxyPorts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const { exchange, raw } = request
  const { limits } = ports.config
  if (exchange.found === undefined) return sendProblem(reply, PROBLEMS.noRoute)
  if (ports.metrics.active > limits.requests) return sendProblem(reply, PROBLEMS.tooMany)
  const { authorization, hosts } = readRawHeaders(raw.rawHeaders)
  if (hosts > 1) return sendProblem(reply, PROBLEMS.twoHosts)
  // RFC 9112 §3.2
  if (!isHostValue(raw.headers.host ?? '')) return sendProblem(reply, PROBLEMS.hostUnusable)
  // RFC 9112 §6.1: chunks in HTTP/1.0 are faulty framing. Who is in front may not know them, and read on differently.
  if (isCodingUnknown(raw) || (raw.httpVersion === '1.0' && isChunked(raw)))
    return sendProblem(reply.header('connection', 'close'), PROBLEMS.codingUnknown)
  const decision = await ports.guard.check(authorization, exchange.found.api.scope)
  if (!decision.ok) return sendRefusal(reply, decision)
  exchange.claims = decision.claims
  if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes)
    return sendProblem(reply, PROBLEMS.bodyTooLarge)
  if (expectsContinue(raw) && !isBodiless(request.method)) reply.raw.writeContinue()
  return undefined
}

function forward(
  { config, upstreams, metrics, logger }: ProxyPorts,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const { exchange } = request
  const { found, claims } = exchange
  if (found === undefined || claims === undefined) throw new Error('a request that was not admitted is not passed on')
  const forwarded = {
    claims,
    origin: originOf(request),
    requestId: request.id,
    authorization: config.authorization,
  }
  upstreams.within(reply.raw, () => {
    reply.from(found.path, {
      getUpstream: () => found.api.upstream,
      rewriteRequestHeaders: ({ method }, headers) => requestHeaders(headers, method, forwarded),
      rewriteHeaders: (headers) => responseHeaders(headers),
      // What is sent twice may be done twice: that is for the client to decide.
      retryDelay: () => null,
      onResponse: (_request, _reply, response) => {
        const { stream } = response as unknown as { readonly stream: NodeJS.ReadableStream }
        void reply.send(stream)
        // What has no length is made while it is sent, and may be long in coming: that it comes is news already.
        if (reply.getHeader('content-length') === undefined) flushSoon(reply)
      },
      onError: (_reply, { error }) => {
        const code = codeOf(error)
        exchange.reason = exchange.isGone ? 'client_gone' : code
        if (!exchange.isGone) {
          metrics.upstreamFailed(found.api.name, code)
          logger.warn(
            { event: 'upstream.failed', request_id: request.id, api: found.api.name, code },
            'upstream failed',
          )
        }
        void sendProblem(reply, upstreamProblem(code))
      },
    })
  })
}

function flushSoon(reply: FastifyReply): void {
  setImmediate(() => {
    if (!reply.raw.headersSent && !reply.raw.destroyed) reply.raw.flushHeaders()
  })
}

/** Takes a host and a scheme from the headers of a trusted proxy, and ignores any other text in them. */
function originOf({ protocol, host, exchange, raw }: FastifyRequest): Origin {
  const own = raw.socket instanceof TLSSocket ? 'https' : 'http'
  return {
    addresses: [...exchange.addresses].reverse(),
    protocol: SCHEMES.includes(protocol) ? protocol : own,
    host: isHostValue(host) ? host : (raw.headers.host ?? ''),
  }
}

const SCHEMES: readonly string[] = ['http', 'https']

const sendRefusal = (reply: FastifyReply, { status, headers, body, reason, claims }: RefusedDecision): FastifyReply => {
  const { exchange } = reply.request
  exchange.reason = reason
  if (claims !== undefined) exchange.claims = claims
  return finish(reply.code(status).headers(headers), body)
}

function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  reply.request.exchange.reason ??= problem.code
  return finish(reply.code(problem.status).headers(problemHeaders(problem)), problemBody(problem, reply.request.id))
}

/** A body that nobody will read is drained by the server when it is small; otherwise the connection ends here. */
function finish(reply: FastifyReply, body: string): FastifyReply {
  const { raw } = reply.request
  const isEndless = expectsContinue(raw) || reply.statusCode === PROBLEMS.bodyTooLarge.status
  if (isEndless && !raw.complete) void reply.header('connection', 'close')
  // As bytes: to a text the framework would add a charset.
  return reply.send(Buffer.from(body))
}
