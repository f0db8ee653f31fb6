// The signed-in operator and their rights.
import { useQuery } from '@tanstack/react-query'
import type { Role } from 'latchkey/admin-api'
import { sessionQuery } from './queries.ts'
import { includesRole, roleOf } from './role.ts'

/** False also while the role is not known yet: a control that appears is better than a control that disappears. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(sessionQuery)
  return includesRole(roleOf(data), role)
}
