// The rights of the roles. Each role has the rights of the roles below it.
import type { Role, Session } from 'latchkey/admin-api'

const RANKS: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, owner: 2 }

/** The role of an operator, or of the admin key that the operator's proxy adds. Undefined without a session. */
export const roleOf = (session: Session | null | undefined): Role | undefined =>
  session?.operator?.role ?? session?.admin_key?.role

/** False if the role is not known yet: a control that appears is better than a control that disappears. */
export const includesRole = (own: Role | undefined, needed: Role): boolean =>
  own !== undefined && RANKS[own] >= RANKS[needed]
