// The roles of operators and admin keys, and the rights of each role.

export type AdminRole = 'owner' | 'editor' | 'viewer'

const RANK: Readonly<Record<AdminRole, number>> = { viewer: 1, editor: 2, owner: 3 }

/** Returns true if `role` includes the rights of `needed`. */
export const mayAct = (role: AdminRole, needed: AdminRole): boolean => RANK[role] >= RANK[needed]
