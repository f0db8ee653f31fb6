// The caller of an admitted request: the holder of an admin key, or an operator who is signed in.
import type { FastifyRequest } from 'fastify'
import type { AdminKey } from '../../../domain/admin-key.ts'
import type { AdminRole } from '../../../domain/admin-role.ts'
import type { SignedIn } from '../../../ports/sessions.ts'

export type Admitted =
  { readonly kind: 'admin_key'; readonly key: AdminKey } | ({ readonly kind: 'operator' } & SignedIn)

export const roleOf = (admitted: Admitted): AdminRole =>
  admitted.kind === 'admin_key' ? admitted.key.role : admitted.operator.role

/** Returns the caller of a request. Throws on an open route. */
export function admittedAs({ admitted }: FastifyRequest): Admitted {
  if (admitted === undefined) throw new Error('a route that is open to anyone has no admitted caller')
  return admitted
}
