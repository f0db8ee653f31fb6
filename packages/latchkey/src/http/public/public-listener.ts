// The public listener: plain node:http, with nothing between the parser and the handlers.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Logger } from 'pino'
import { faultResponse } from '../fault.ts'
import { wireError } from '../wire-error.ts'
import { answerParserError, type ParserError } from './parser-error.ts'
import { headerOf, MAX_BODY_BYTES, NO_BODY, PublicRequest, readTarget, type RequestBody } from './public-request.ts'
import type { PublicResponse } from './public-response.ts'
import { requestIdOf } from './request-id.ts'
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
    connectionsCheckingInterval: Math.min(1000, headers / 4),
    maxHeaderSize: 16 * 1024,
    // Node would answer that itself, with an empty 400.
    requireHostHeader: false,
  }
  const { tls } = options
  const server = tls === undefined ? createServer(settings) : createTlsServer({ ...settings, ...tls })
  // By default Node drops headers above 2000 in silence: a second Authorization header could hide there.
  server.maxHeadersCount = 0
  const answering = new WeakMap<Duplex, ServerResponse>()
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    answering.set(incoming.socket, outgoing)
    receive(options, incoming, outgoing)
  }
  server.on('request', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('clientError', (error: ParserError, socket: Duplex) => {
    const current = answering.get(socket)
    // Bytes of a second answer must not run into the first one's.
    if (current === undefined || current.writableFinished || !current.req.complete) answerParserError(error, socket)
    else current.once('finish', () => socket.destroy())
  })
  return server
}

function receive(options: PublicListenerOptions, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const target = readTarget(incoming.url ?? '/')
  const route = options.route(target.path)
  const handleWith = (body: RequestBody): void => {
    const { method = '', rawHeaders, socket } = incoming
    const remoteAddress = socket.remoteAddress ?? ''
    const request = new PublicRequest({ method, target, rawHeaders, remoteAddress, body })
    handle(options, route, request, incoming.httpVersion, outgoing)
  }
  if (route.body === 'form' && hasBody(incoming)) readBody(incoming, handleWith)
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
  options: PublicListenerOptions,
  route: Route,
  request: PublicRequest,
  httpVersion: string,
  outgoing: ServerResponse,
): void {
  const requestId = requestIdOf(request)
  const fail = (cause: unknown): void => {
    write(outgoing, faultResponse(cause, requestId, options.logger), requestId)
  }
  // RFC 9112 §3.2: an HTTP/1.1 request without Host is answered with 400.
  const isHostMissing = httpVersion === '1.1' && request.header('host') === undefined
  try {
    const answer = isHostMissing ? wireError({ reason: 'host_missing' }) : route.handler(request)
    if (!(answer instanceof Promise)) write(outgoing, answer, requestId)
    else {
      answer.then((response) => {
        write(outgoing, response, requestId)
      }, fail)
    }
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
