// What every route of the sandbox is registered on, and what it answers when something is not there.
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
    /** The client ID of the integration that calls, as the gateway says. */
    caller: string
  }
}

export const notThere = (reply: FastifyReply, what: string): FastifyReply =>
  reply.code(404).send({ error: 'not_found', message: `There is no such ${what}.` })
