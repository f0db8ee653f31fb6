// The web server of the admin listener, before it has routes: limits, time-outs and what is answered outside of every route.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import { endHandshakes } from '../end-handshakes.ts'
import type { RouteRule } from './access.ts'
import type { Admitted } from './admitted.ts'
import { answerHeaders, requestIdOf } from './answer-headers.ts'
import { answerClientError } from './client-error.ts'
import type { AdminListenerAddress } from './listener-address.ts'
import { PROBLEM_TYPE, problemBody, statusOf } from './problem.ts'
import { problemOf } from './wire-problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    rule?: RouteRule
  }
  interface FastifyRequest {
    /** Who the request was admitted as; undefined on open routes. */
    admitted: Admitted | undefined
    /** Where the request came from, through proxies that are trusted. */
    clientAddress: string
  }
}

export type AdminServer = ReturnType<typeof createAdminServer>

const BODY_LIMIT = 64 * 1024
const LONGEST_CLOSE_MILLISECONDS = 3000

// Without a Host header Node would answer by itself, with an empty 400.
const SERVER = { requireHostHeader: false, maxHeaderSize: 16 * 1024 } as const

/** `extraHeaders`: for each answer, whatever it is. */
export function createAdminServer({ tls }: AdminListenerAddress, extraHeaders: Readonly<Record<string, string>>) {
  const app = Fastify({
    ...(tls === undefined
      ? { https: null, http: SERVER }
      : { https: { ...SERVER, cert: tls.cert, key: tls.key.reveal() } }),
    bodyLimit: BODY_LIMIT,
    // A scope in a path: 128 characters, each of which may be percent-encoded.
    routerOptions: { maxParamLength: 384 },
    connectionTimeout: 60_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    genReqId: requestIdOf,
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket, extraHeaders)
    },
    // A path that cannot be decoded comes past every hook.
    frameworkErrors: (error, { id }, { raw }) => {
      const problem = problemOf(error)
      const body = problemBody(problem, id)
      const content = { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(body) }
      raw.writeHead(statusOf(problem), { ...answerHeaders(id), ...extraHeaders, ...content }).end(body)
    },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: true } },
  }).withTypeProvider<TypeBoxTypeProvider>()
  endHandshakes(app.server)
  // By default Node drops headers above 2000 in silence: a second Authorization header could hide there.
  app.server.maxHeadersCount = 0
  app.addHook('preClose', (done) => {
    // What was asked is answered by then. A request that is still arriving must not hold up the stop.
    setTimeout(() => {
      app.server.closeAllConnections()
    }, LONGEST_CLOSE_MILLISECONDS).unref()
    done()
  })
  return app
}
