// What those who administer may do, from least to most.

export type AdminRole = 'owner' | 'editor' | 'viewer'

const RANK: Readonly<Record<AdminRole, number>> = { viewer: 1, editor: 2, owner: 3 }

/** Whether `role` may do what asks for `needed`. */
export const mayAct = (role: AdminRole, needed: AdminRole): boolean => RANK[role] >= RANK[needed]
