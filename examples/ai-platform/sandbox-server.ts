// The server of all routes of the sandbox, and its answer for unknown ones.
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, RawServerDefault } from 'fastify'
import type { IncomingMessage, ServerResponse } from 'node:http'

export type SandboxServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyRequest {
    /** The client ID of the calling integration, from the header of the gateway. */
    caller: string
  }
}

export const notThere = (reply: FastifyReply, what: string): FastifyReply =>
  reply.code(404).send({ error: 'not_found', message: `There is no such ${what}.` })
