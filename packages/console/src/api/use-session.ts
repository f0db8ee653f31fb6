// Who is signed in, and what they may do.
import { useQuery } from '@tanstack/react-query'
import type { Role, Session } from 'latchkey/admin-api'
import { sessionQuery } from './queries.ts'

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, owner: 2 }

export const roleOf = (session: Session | null | undefined): Role | undefined =>
  session?.operator?.role ?? session?.admin_key?.role

/** False also while nobody knows yet: a control that appears is better than one that goes away. */
export function useMay(role: Role): boolean {
  const { data } = useQuery(sessionQuery)
  const own = roleOf(data)
  return own !== undefined && RANKS[own] >= RANKS[role]
}
