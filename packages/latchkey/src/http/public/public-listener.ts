// The public listener. It uses node:http directly, without a framework between the parser and the handlers.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Logger } from 'pino'
import type { ConnectionCounts } from '../../connections/connection-counts.ts'
import { limitListener, type ParserError, WRITE_TIMEOUT } from '../../connections/limit-listener.ts'
import type { Pipeline, Work } from '../../connections/pipeline.ts'
import { type FaultAnswer, faultAnswers } from '../fault.ts'
import { isHostValue } from '../host-value.ts'
import { createWebServer } from '../web-server.ts'
import { wireError } from '../wire-error.ts'
import { answerParserError } from './parser-error.ts'
import { NO_BODY, PublicRequest, readTarget, type RequestBody } from './public-request.ts'
import type { Handler, PublicAnswer, PublicResponse, StreamResponse } from './public-response.ts'
import { discardRest, hasBody, isChunked, isCodingUnknown, readBody } from './request-body.ts'
import type { Route } from './routes.ts'

export interface PublicListenerOptions {
  readonly route: (path: string) => Route
  readonly logger: Logger
  /** True while the server drains. The listener then closes each connection after the answers that it still owes. */
  readonly isDraining: () => boolean
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
  readonly timeouts?: ListenerTimeouts
  readonly counts: ConnectionCounts
  /** The names and values, in turn, of the headers that the listener adds to every answer. */
  readonly extraHeaders?: readonly string[]
}

/** All times are in milliseconds. */
export interface ListenerTimeouts {
  readonly headers: number
  readonly request: number
  readonly keepAlive: number
  /** How long a client may take no byte of the answers that wait for it. */
  readonly write: number
}

const TIMEOUTS: ListenerTimeouts = { headers: 10_000, request: 15_000, keepAlive: 65_000, write: WRITE_TIMEOUT }

/** Returns a server that does not listen yet. */
export function createPublicListener(options: PublicListenerOptions): Server {
  const { headers, request, keepAlive, write: writeTimeout } = options.timeouts ?? TIMEOUTS
  const settings = {
    headersTimeout: headers,
    requestTimeout: request,
    // Node's own time-out for idle connections is off, because the limits of the listener close them.
    keepAliveTimeout: 0,
    connectionsCheckingInterval: Math.min(1000, Math.ceil(headers / 4)),
    maxHeaderSize: 16 * 1024,
    // With Node's default, Node itself would answer a request without a Host header, with an empty 400.
    requireHostHeader: false,
    // A GET request has no body to discard.
    optimizeEmptyRequests: true,
  }
  const server = createWebServer(settings, options.tls)
  // By default Node silently drops the headers after the 2000th. A second Authorization header could be among them.
  server.maxHeadersCount = 0
  const { extraHeaders = [] } = options
  const listener: Listener = { ...options, extraHeaders, faultAnswer: faultAnswers(options.logger) }
  const answerError = (error: ParserError, socket: Socket): void => {
    answerParserError(error, socket, extraHeaders)
  }
  const work: Work = (incoming, outgoing, pipeline) => {
    receive(listener, { incoming, outgoing, pipeline })
  }
  // CONNECT is handled like any other method.
  const begin = limitListener(server, {
    counts: options.counts,
    work,
    onConnect: work,
    answerError,
    writeTimeout,
    keepAlive,
  })
  server.on('request', begin)
  server.on('checkExpectation', begin)
  return server
}

interface Listener extends PublicListenerOptions {
  readonly extraHeaders: readonly string[]
  readonly faultAnswer: FaultAnswer
}

/** One request and its response. */
interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly pipeline: Pipeline
}

function receive(listener: Listener, exchange: Exchange): void {
  const { incoming, outgoing, pipeline } = exchange
  const target = readTarget(incoming.url ?? '/')
  const route = listener.route(target.path)
  const handleWith = (body: RequestBody): void => {
    const { method = '', rawHeaders, socket } = incoming
    const remoteAddress = socket.remoteAddress ?? ''
    const request = new PublicRequest({ method, target, rawHeaders, remoteAddress, body })
    handle(listener, route, request, exchange)
  }
  const isForm = route.body === 'form' && incoming.method !== 'CONNECT' && hasBody(incoming)
  // RFC 9112 §6.1: the framing of a chunked body in HTTP/1.0 is faulty, so the connection must be closed.
  if (incoming.httpVersion === '1.0' && isChunked(incoming)) outgoing.shouldKeepAlive = false
  if (route.isLast === true) outgoing.shouldKeepAlive = false
  // The parser may already have parsed further requests of this connection. They must not be handled.
  if (route.isLast === true) pipeline.close()
  if (isForm) readBody(incoming, handleWith)
  else handleWith(NO_BODY)
}

function handle(
  { isDraining, faultAnswer, extraHeaders }: Listener,
  route: Route,
  request: PublicRequest,
  exchange: Exchange,
): void {
  const { incoming, outgoing, pipeline } = exchange
  const requestId = request.id
  const ownHeaders = ['X-Request-Id', requestId, ...extraHeaders]
  const isCodingWrong = isCodingUnknown(incoming)
  const { meter } = route
  const begunAt = meter?.begun() ?? 0
  const answerWith = (response: PublicAnswer): void => {
    // Announce the close with `Connection: close` before the socket is closed.
    if (isDraining()) pipeline.drain()
    outgoing.shouldKeepAlive &&= !pipeline.endsWith(outgoing)
    if ('begin' in response) stream(outgoing, response, ownHeaders)
    else if (isCodingWrong || request.body === 'too_large') {
      pipeline.close()
      writeBeforeTheEnd(exchange, response, ownHeaders)
    } else write(outgoing, response, ownHeaders)
    meter?.answered(begunAt, request.method, response.status)
  }
  const fail = (cause: unknown): void => {
    answerWith(faultAnswer(cause, requestId))
  }
  try {
    const handler = isCodingWrong ? codingUnknown : hostChecked(route, request, incoming.httpVersion)
    const answer = handler(request, { resolve: answerWith, reject: fail })
    if (answer instanceof Promise) answer.then(answerWith, fail)
    else if (answer !== undefined) answerWith(answer)
  } catch (cause) {
    fail(cause)
  }
}

const codingUnknown: Handler = () => wireError({ reason: 'transfer_coding_unknown' })
const hostUnusable: Handler = () => wireError({ reason: 'host_unusable' })

/**
 * RFC 9112 §3.2: an HTTP/1.1 request must have exactly one Host header, and its value must be a host. With a second
 * header or a malformed value, a proxy in front of the server could read another host than the server.
 */
function hostChecked(route: Route, request: PublicRequest, httpVersion: string): Handler {
  const hosts = request.count('host')
  const isMissing = hosts === 0 && httpVersion === '1.1'
  const isUnusable = hosts > 1 || isMissing || !isHostValue(request.header('host') ?? '')
  return isUnusable ? (route.hostUnusable ?? hostUnusable) : route.handler
}

function write(outgoing: ServerResponse, response: PublicResponse, ownHeaders: readonly string[]): void {
  writeHead(outgoing, response, ownHeaders)
  outgoing.end(response.content?.text)
}

function stream(
  outgoing: ServerResponse,
  { status, headers, begin }: StreamResponse,
  ownHeaders: readonly string[],
): void {
  outgoing.writeHead(status, [...headers, ...ownHeaders])
  begin(outgoing)
}

/**
 * Sends the answer before the request is complete. Closes the connection when the rest of the request has arrived, or
 * after 2 s.
 */
function writeBeforeTheEnd(
  { incoming, outgoing }: Exchange,
  response: PublicResponse,
  ownHeaders: readonly string[],
): void {
  outgoing.shouldKeepAlive = false
  writeHead(outgoing, response, ownHeaders)
  if (response.content === undefined) outgoing.flushHeaders()
  else outgoing.write(response.content.text)
  discardRest(incoming, () => outgoing.end())
}

function writeHead(
  outgoing: ServerResponse,
  { status, headers, content }: PublicResponse,
  ownHeaders: readonly string[],
): void {
  const all = [...headers, ...ownHeaders]
  if (content !== undefined) all.push('Content-Type', content.type)
  if (status !== 304) all.push('Content-Length', String(Buffer.byteLength(content?.text ?? '')))
  outgoing.writeHead(status, all)
}
