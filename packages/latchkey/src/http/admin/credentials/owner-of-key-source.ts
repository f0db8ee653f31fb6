// Only an owner adds a `jwks_uri`, because its author chooses where the server sends requests.
import type { FastifyRequest } from 'fastify'
import { mayAct } from '../../../domain/admin-role.ts'
import { admittedAs, roleOf } from '../access/admitted.ts'
import type { Problem } from '../problems/problem.ts'

/** @param pointer the member with the `jwks_uri`. Returns undefined for an owner. */
export function unlessOwner(request: FastifyRequest, pointer: string): Problem | undefined {
  const role = roleOf(admittedAs(request))
  if (mayAct(role, 'owner')) return undefined
  return { code: 'role_too_low', detail: `Your role is ${role}, but ${pointer} needs the role owner.` }
}
