// Only an owner may add a `jwks_uri`, because it decides where the server sends requests.
import type { FastifyRequest } from 'fastify'
import { mayAct } from '../../../domain/admin-role.ts'
import { admittedAs, roleOf } from '../access/admitted.ts'
import type { Problem } from '../problems/problem.ts'

/**
 * Returns the refusal for a caller who is not an owner. Undefined for an owner.
 *
 * @param pointer the JSON pointer to the member with the `jwks_uri`
 */
export function unlessOwner(request: FastifyRequest, pointer: string): Problem | undefined {
  const role = roleOf(admittedAs(request))
  if (mayAct(role, 'owner')) return undefined
  return { code: 'role_too_low', detail: `Your role is ${role}, but ${pointer} needs the role owner.` }
}
