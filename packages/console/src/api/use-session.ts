// Who is signed in, and what they may do.
import { useQuery } from '@tanstack/react-query'
import type { Role } from 'latchkey/admin-api'
import { sessionQuery } from './queries.ts'
import { includesRole, roleOf } from './role.ts'

/** False also while nobody knows yet: a control that appears is better than one that goes away. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(sessionQuery)
  return includesRole(roleOf(data), role)
}
