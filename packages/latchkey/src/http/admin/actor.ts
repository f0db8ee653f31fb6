// Who sent an administrative request: the admin key it was admitted with, and from where it came.
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../domain/audit-event.ts'
import { printableAgent } from '../../domain/printable-agent.ts'
import { addressOf } from './address-of.ts'
import type {} from './admin-server.ts'

/** Throws on a route that needs no key: what is open changes nothing. */
export function actorOf(request: FastifyRequest): Actor {
  const { adminKey } = request
  if (adminKey === undefined) throw new Error('a change was asked for on a route that needs no key')
  return {
    kind: 'admin_key',
    id: adminKey.id,
    name: adminKey.name,
    address: addressOf(request),
    userAgent: printableAgent(request.headers['user-agent'] ?? ''),
    requestId: request.id,
  }
}
