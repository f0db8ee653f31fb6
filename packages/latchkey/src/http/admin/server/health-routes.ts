// The routes that need no key: is the process alive, can it work, which version is it.
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
  summary: 'Says that the process runs',
  tags,
  response: { 200: Type.Object({ status: Type.Literal('alive') }, { description: 'It runs.' }) },
}
const READYZ = {
  summary: 'Says whether a token could be recorded now',
  tags,
  response: { 200: Type.Object({ status: Type.Literal('ready') }, { description: 'It could.' }) },
  problems: ['store_unavailable'],
} satisfies FastifySchema
const VERSION = {
  summary: 'Says which version this is',
  tags,
  response: { 200: Type.Object({ version: Type.String() }, { description: 'The version.' }) },
}

export function addHealthRoutes(app: AdminServer, { health, version }: HealthPorts): void {
  app.get('/livez', { schema: LIVEZ }, () => ({ status: 'alive' as const }))
  app.get('/version', { schema: VERSION }, () => ({ version }))
  app.get('/readyz', { schema: READYZ }, async (_request, reply) => {
    // Ready means that a token could be recorded now; a fault becomes a 503 where all faults do.
    await health.proveWrite()
    return reply.send({ status: 'ready' })
  })
}
