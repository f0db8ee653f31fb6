// The web server of the admin listener without its routes: its limits and time-outs, and its answers to malformed
// requests.
import type { RequestListener, Server } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import type { ConnectionCounts } from '../../connections/connection-counts.ts'
import { limitListener } from '../../connections/limit-listener.ts'
import { createWebServer } from '../web-server.ts'
import type { Admitted } from './access/admitted.ts'
import type { RouteRule } from './access/route-rules.ts'
import { problemOf } from './answer-fault.ts'
import { answerHeaders, requestIdOf } from './answer-headers.ts'
import { answerClientError } from './client-error.ts'
import type { AdminListenerAddress } from './listener-address.ts'
import { PROBLEM_TYPE, problemBody, statusOf } from './problems/problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    rule?: RouteRule
  }
  interface FastifyRequest {
    /** The admitted caller. Undefined on open routes. */
    admitted: Admitted | undefined
    /** The address of the caller. Behind a trusted proxy it is the address that the proxy reports. */
    clientAddress: string
  }
}

export type AdminServer = ReturnType<typeof createAdminServer>

const BODY_LIMIT = 64 * 1024
const LONGEST_CLOSE_MILLISECONDS = 3000

const SETTINGS = {
  // With Node's default, Node itself would answer a request without a Host header with an empty 400.
  requireHostHeader: false,
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
} as const

/** Milliseconds after which a connection without any traffic is closed. */
const CONNECTION_TIMEOUT = 60_000

export interface AdminServerOptions {
  readonly listener: AdminListenerAddress
  readonly counts: ConnectionCounts
  /** Headers that are added to every answer. */
  readonly extraHeaders: Readonly<Record<string, string>>
}

export function createAdminServer(options: AdminServerOptions) {
  const { extraHeaders } = options
  const app = Fastify({
    serverFactory: (handler) => createHttpServer(options, handler),
    bodyLimit: BODY_LIMIT,
    // The longest path parameter is a scope: 128 characters, each of which may be percent-encoded.
    routerOptions: { maxParamLength: 384 },
    genReqId: requestIdOf,
    // `limitListener` answers the requests that Node's parser rejects or times out.
    clientErrorHandler: () => undefined,
    // No hook runs for a path that cannot be decoded, so the headers are added here.
    frameworkErrors: (error, { id }, { raw }) => {
      const problem = problemOf(error)
      const body = problemBody(problem, id)
      const content = { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body) }
      raw.writeHead(statusOf(problem), { ...answerHeaders(id), ...extraHeaders, ...content }).end(body)
    },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  return app
}

/**
 * Closes the web server together with the app, because the framework closes only a server that it made itself. Call it
 * after the hooks that end streams.
 */
export function closeWithApp(app: AdminServer): void {
  app.addHook('preClose', (done) => {
    app.server.close(() => {
      done()
    })
    // By this time the complete requests are answered. A request that is still arriving must not delay the stop.
    setTimeout(() => {
      app.server.closeAllConnections()
    }, LONGEST_CLOSE_MILLISECONDS).unref()
  })
}

function createHttpServer(
  { listener: { tls }, counts, extraHeaders }: AdminServerOptions,
  handler: RequestListener,
): Server {
  const server = createWebServer(SETTINGS, tls && { cert: tls.cert, key: tls.key.reveal() })
  // By default Node drops all headers after the 2000th without an error. A second Authorization header could be among
  // the dropped headers.
  server.maxHeadersCount = 0
  server.timeout = CONNECTION_TIMEOUT
  const begin = limitListener(server, {
    counts,
    work: (request, response) => {
      handler(request, response)
    },
    answerError: (error, socket) => {
      answerClientError(error, socket, extraHeaders)
    },
  })
  server.on('request', begin)
  return server
}
