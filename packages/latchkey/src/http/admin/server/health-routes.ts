// The routes that need no key. They show whether the process runs, whether the server can record a token, and the
// version of the server.
import type { FastifySchema } from 'fastify'
import { Type } from 'typebox'
import type { StoreHealth } from '../../../ports/store.ts'
import type { AdminServer } from '../admin-server.ts'

export interface HealthPorts {
  readonly health: Pick<StoreHealth, 'proveWrite' | 'current'>
  readonly version: string
}

const tags = ['Server']
const LIVEZ = {
  summary: 'Shows that the process runs',
  tags,
  response: { 200: Type.Object({ status: Type.Literal('alive') }, { description: 'The process runs.' }) },
}
const READYZ = {
  summary: 'Shows whether the server can record a token now',
  tags,
  response: { 200: Type.Object({ status: Type.Literal('ready') }, { description: 'The server can record a token.' }) },
  problems: ['store_unavailable'],
} satisfies FastifySchema
const VERSION = {
  summary: 'Shows the version',
  tags,
  response: { 200: Type.Object({ version: Type.String() }, { description: 'The version.' }) },
}

export function addHealthRoutes(app: AdminServer, { health, version }: HealthPorts): void {
  app.get('/livez', { schema: LIVEZ }, () => ({ status: 'alive' as const }))
  app.get('/version', { schema: VERSION }, () => ({ version }))
  app.get('/readyz', { schema: READYZ }, async (_request, reply) => {
    // The error handler turns a failure into a 503.
    await health.proveWrite()
    return reply.send({ status: 'ready' })
  })
}
