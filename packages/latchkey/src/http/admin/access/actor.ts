// The actor of a change, for the audit trail: the admin key or the operator, with the address and user agent of the
// request.
import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../../domain/audit-event.ts'
import { operatorActor } from '../../../domain/audited-operator.ts'
import { printableText } from '../../../domain/printable-text.ts'
import type { RequestSource } from '../../../operations/sign-in.ts'
import type {} from '../admin-server.ts'
import { admittedAs } from './admitted.ts'

/**
 * Returns the actor of a request. Throws on an open route, because the caller of an open route is unknown and cannot be
 * recorded.
 */
export function actorOf(request: FastifyRequest): Actor {
  const admitted = admittedAs(request)
  const from = sourceOf(request)
  if (admitted.kind === 'operator') return operatorActor(admitted.operator, from)
  return { kind: 'admin_key', id: admitted.key.id, name: admitted.key.name, ...from }
}

export const sourceOf = (request: FastifyRequest): RequestSource => ({
  address: request.clientAddress,
  userAgent: printableText(request.headers['user-agent'] ?? ''),
  requestId: request.id,
})
