// The public listener: plain node:http, with nothing between the parser and the handlers.
import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { faultResponse } from '../fault.ts'
import { wireError } from '../wire-error.ts'
import { answerParserError, type ParserError } from './parser-error.ts'
import { headerOf, MAX_BODY_BYTES, NO_BODY, PublicRequest, readTarget, type RequestBody } from './public-request.ts'
import type { PublicResponse } from './public-response.ts'
import type { Route } from './routes.ts'

export interface PublicListenerOptions {
  readonly route: (path: string) => Route
  readonly logger: Logger
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer }
  readonly timeouts?: ListenerTimeouts
}

/** Milliseconds. */
export interface ListenerTimeouts {
  readonly headers: number
  readonly request: number
  readonly keepAlive: number
}

const TIMEOUTS: ListenerTimeouts = { headers: 10_000, request: 15_000, keepAlive: 65_000 }

/** Not listening yet: call `listen` on it. */
export function createPublicListener(options: PublicListenerOptions): Server {
  const { headers, request, keepAlive } = options.timeouts ?? TIMEOUTS
  const settings = {
    headersTimeout: headers,
    requestTimeout: request,
    keepAliveTimeout: keepAlive,
    connectionsCheckingInterval: Math.min(1000, Math.ceil(headers / 4)),
    maxHeaderSize: 16 * 1024,
    // Node would answer that itself, with an empty 400.
    requireHostHeader: false,
  }
  const { tls } = options
  const server = tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls })
  // By default Node drops headers above 2000 in silence: a second Authorization header could hide there.
  server.maxHeadersCount = 0
  const listener = { ...options, server }
  const answering = new WeakMap<Duplex, ServerResponse>()
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    answering.set(incoming.socket, outgoing)
    receive(listener, incoming, outgoing)
  }
  server.on('request', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('connect', (incoming: IncomingMessage, socket: Duplex) => {
    onRequest(incoming, responseTo(incoming, socket as Socket))
  })
  server.on('clientError', (error: ParserError, socket: Duplex) => {
    const current = answering.get(socket)
    // Bytes of a second answer must not run into the first one's.
    if (current === undefined || current.writableFinished || !current.req.complete) answerParserError(error, socket)
    else current.once('finish', () => socket.destroy())
  })
  return server
}

/** Node leaves CONNECT unanswered: it is a method like any other here, on a connection that ends with the answer. */
function responseTo(incoming: IncomingMessage, socket: Socket): ServerResponse {
  const outgoing = new ServerResponse(incoming)
  outgoing.shouldKeepAlive = false
  outgoing.assignSocket(socket)
  outgoing.once('finish', () => {
    socket.destroySoon()
  })
  socket.on('error', () => socket.destroy())
  return outgoing
}

type Listener = PublicListenerOptions & { readonly server: Server }

function receive(listener: Listener, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const target = readTarget(incoming.url ?? '/')
  const route = listener.route(target.path)
  const handleWith = (body: RequestBody): void => {
    const { method = '', rawHeaders, socket } = incoming
    const remoteAddress = socket.remoteAddress ?? ''
    const request = new PublicRequest({ method, target, rawHeaders, remoteAddress, body })
    handle(listener, route, request, incoming.httpVersion, outgoing)
  }
  if (route.body === 'form' && incoming.method !== 'CONNECT' && hasBody(incoming)) readBody(incoming, handleWith)
  else handleWith(NO_BODY)
}

const hasBody = ({ rawHeaders }: IncomingMessage): boolean =>
  headerOf(rawHeaders, 'transfer-encoding') !== undefined || (headerOf(rawHeaders, 'content-length') ?? '0') !== '0'

/** A request that breaks off is never handed on: there is nobody to answer. */
function readBody(incoming: IncomingMessage, done: (body: RequestBody) => void): void {
  const chunks: Buffer[] = []
  let size = 0
  const onData = (chunk: Buffer): void => {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) {
      chunks.push(chunk)
      return
    }
    incoming.off('data', onData)
    incoming.off('end', onEnd)
    incoming.pause()
    done('too_large')
  }
  const onEnd = (): void => {
    done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks))
  }
  incoming.on('data', onData)
  incoming.on('end', onEnd)
}

function handle(
  { server, logger }: Listener,
  route: Route,
  request: PublicRequest,
  httpVersion: string,
  outgoing: ServerResponse,
): void {
  const requestId = request.id
  const answerWith = (response: PublicResponse): void => {
    // While the server stops, each connection ends with the answer it is waiting for, by a word and not by surprise.
    outgoing.shouldKeepAlive &&= server.listening
    write(outgoing, response, requestId)
  }
  const fail = (cause: unknown): void => {
    answerWith(faultResponse(cause, requestId, logger))
  }
  // RFC 9112 §3.2: one Host in HTTP/1.1, never two in any version: a proxy in front may have believed the other.
  const hosts = request.count('host')
  const isHostWrong = hosts > 1 || (hosts === 0 && httpVersion === '1.1')
  try {
    const answer = isHostWrong ? wireError({ reason: 'host_unusable' }) : route.handler(request)
    if (answer instanceof Promise) answer.then(answerWith, fail)
    else answerWith(answer)
  } catch (cause) {
    fail(cause)
  }
}

function write(outgoing: ServerResponse, { status, headers, body }: PublicResponse, requestId: string): void {
  const all = [...headers, 'X-Request-Id', requestId]
  if (status !== 304) all.push('Content-Length', String(Buffer.byteLength(body)))
  outgoing.writeHead(status, all)
  outgoing.end(body)
}
