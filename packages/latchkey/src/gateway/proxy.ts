// Decides about each request by its route and its token, and passes accepted requests on to their upstream.
import type { Guard } from '@latchkey/guard'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BlockList } from 'node:net'
import type { GatewayApi, GatewayConfig } from '../config/gateway-config.ts'
import type { Work } from '../connections/pipeline.ts'
import { isHostValue } from '../http/host-value.ts'
import { headersOf } from '../http/public/public-request.ts'
import { isChunked, isCodingUnknown } from '../http/public/request-body.ts'
import { requestIdFrom } from '../http/public/request-id.ts'
import { clientAddresses, trustedProxyList } from '../http/requester.ts'
import type { AccessLog, Logger } from '../log.ts'
import { sendProblem, sendRefusal } from './gateway-answers.ts'
import { type Exchange, logRequest } from './exchange.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { type ForwardedRequest, isBodiless, requestHeaders } from './identity.ts'
import { endWith, expectsContinue } from './listener.ts'
import { originOf } from './origin.ts'
import { isTypeReadable, passedBody } from './passed-body.ts'
import { type Problem, PROBLEMS } from './problem.ts'
import { type Found, RouteTable } from './route-table.ts'
import { UpstreamAnswer } from './upstream-answer.ts'
import { codeOf, upstreamProblem, type Upstreams } from './upstreams.ts'

export interface ProxyPorts {
  readonly config: GatewayConfig
  readonly guard: Guard
  readonly upstreams: Upstreams
  readonly metrics: GatewayMetrics
  /** Returns true while the gateway drains. Each connection is then closed after its outstanding answers. */
  readonly isDraining: () => boolean
  readonly logger: Logger
  /** Writes one log line for each request. */
  readonly accessLog: AccessLog
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const NO_ROUTE = 'none'

/** Returns the function that handles each request of the listener for clients. */
export function createProxy(ports: ProxyPorts): Work {
  const known: Known = {
    table: new RouteTable(ports.config.apis),
    trusted: trustedProxyList(ports.config.trustedProxies),
  }
  return (request, response) => {
    const exchange = begin(ports, known, { request, response })
    serve(ports, known, exchange).catch((cause: unknown) => {
      ports.logger.error({ event: 'gateway.fault', request_id: exchange.id, err: cause }, 'the gateway failed')
      if (response.headersSent) response.destroy()
      else sendProblem(exchange, PROBLEMS.fault)
    })
  }
}

interface Known {
  readonly table: RouteTable<GatewayApi>
  readonly trusted: BlockList | undefined
}

function begin(
  { metrics, isDraining, accessLog }: ProxyPorts,
  { table, trusted }: Known,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Exchange {
  const { method = '', url = '', rawHeaders, socket } = request
  const found = table.find(url)
  const forwardedFor = headersOf(rawHeaders, 'x-forwarded-for').join(',')
  const exchange: Exchange = {
    request,
    response,
    id: requestIdFrom(request.headers['x-request-id'] as string | undefined),
    method,
    addresses: clientAddresses(socket.remoteAddress ?? '', forwardedFor, trusted),
    found,
    isGone: false,
    begunAt: performance.now(),
  }
  if (isDraining()) endWith(response)
  const meter = metrics.route(found?.route ?? NO_ROUTE)
  const begun = meter.begun()
  response.once('close', () => {
    const isWhole = response.writableFinished
    if (!isWhole) {
      exchange.isGone = true
      exchange.upstream?.abandon()
    }
    meter.answered(begun, method, response.statusCode)
    logRequest(accessLog, exchange, { status: response.statusCode, isWhole })
  })
  return exchange
}

/**
 * Handles a request. Makes the cheap checks first. The first failed check decides the answer, so the answer reveals
 * nothing about later checks.
 */
async function serve(ports: ProxyPorts, { trusted }: Known, exchange: Exchange): Promise<void> {
  const { found, request, response, method } = exchange
  if (found === undefined) {
    sendProblem(exchange, PROBLEMS.noRoute)
    return
  }
  const { authorization, hosts } = readRawHeaders(request.rawHeaders)
  const problem = problemBefore(ports, exchange, hosts)
  if (problem !== undefined) {
    sendProblem(exchange, problem)
    return
  }
  const decision = await ports.guard.check(authorization, found.api.scope)
  if (!decision.ok) {
    sendRefusal(exchange, decision)
    return
  }
  exchange.claims = decision.claims
  const bodyProblem = problemOfBody(ports, request)
  if (bodyProblem !== undefined) {
    sendProblem(exchange, bodyProblem)
    return
  }
  if (exchange.isGone) return
  if (expectsContinue(request) && !isBodiless(method)) response.writeContinue()
  passOn(
    ports,
    { exchange, found },
    {
      claims: decision.claims,
      origin: originOf(request, exchange.addresses, trusted),
      requestId: exchange.id,
      authorization: ports.config.authorization,
    },
  )
}

/**
 * Returns the problem for which the gateway refuses the request before it checks the token. Undefined if the gateway
 * can check the token.
 */
function problemBefore(
  { config, metrics }: ProxyPorts,
  { request, method }: Exchange,
  hosts: number,
): Problem | undefined {
  if (!METHODS.includes(method)) return PROBLEMS.methodNotPassed
  if (metrics.active > config.limits.requests) return PROBLEMS.tooMany
  if (hosts > 1) return PROBLEMS.twoHosts
  // RFC 9112 §3.2: a request must have exactly one valid Host header.
  if (!isHostValue(request.headers.host ?? '')) return PROBLEMS.hostUnusable
  // RFC 9112 §6.1: a chunked body in HTTP/1.0 is faulty framing. A proxy before the gateway may not understand it and
  // may see different requests on the connection.
  const isFramingFaulty = isCodingUnknown(request) || (request.httpVersion === '1.0' && isChunked(request))
  return isFramingFaulty ? PROBLEMS.codingUnknown : undefined
}

function problemOfBody({ config }: ProxyPorts, request: IncomingMessage): Problem | undefined {
  if (Number(request.headers['content-length'] ?? 0) > config.limits.bodyBytes) return PROBLEMS.bodyTooLarge
  return isTypeReadable(request) ? undefined : PROBLEMS.typeUnreadable
}

function passOn(
  { config, upstreams, metrics, logger }: ProxyPorts,
  { exchange, found }: { readonly exchange: Exchange; readonly found: Found<GatewayApi> },
  forwarded: ForwardedRequest,
): void {
  const { api, path, query } = found
  const { id, request, method } = exchange
  const answer = new UpstreamAnswer(exchange, (cause) => {
    const code = codeOf(cause)
    exchange.reason = exchange.isGone ? 'client_gone' : code
    if (!exchange.isGone) {
      metrics.upstreamFailed(api.name, code)
      logger.warn({ event: 'upstream.failed', request_id: id, api: api.name, code }, 'upstream failed')
    }
    sendProblem(exchange, upstreamProblem(code))
  })
  exchange.upstream = answer
  upstreams.send(
    {
      origin: api.upstream,
      path: path + query,
      method,
      headers: requestHeaders(request.headers, method, forwarded),
      body: passedBody(request, config.limits.bodyBytes),
    },
    answer,
  )
}

/**
 * The headers that may occur only once, read from the raw request. If such a header is repeated, Node.js keeps one of
 * the values, and an upstream could use a different value.
 */
interface DoubtfulHeaders {
  /** All Authorization headers, joined. If there are several, the result is not a valid credential. */
  readonly authorization: string | undefined
  readonly hosts: number
}

function readRawHeaders(rawHeaders: readonly string[]): DoubtfulHeaders {
  let authorization: string | undefined
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === 13 && name.toLowerCase() === 'authorization') {
      const value = rawHeaders[index + 1] as string
      authorization = authorization === undefined ? value : `${authorization}, ${value}`
    } else if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  return { authorization, hosts }
}
