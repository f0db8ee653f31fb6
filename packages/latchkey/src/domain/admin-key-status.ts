// Computes the status of an admin key at a given time. The server accepts only an active key.
import type { EpochSeconds } from './slot.ts'

export type AdminKeyStatus = 'active' | 'expired' | 'revoked'

interface KeyLife {
  readonly expiresAt: EpochSeconds | undefined
  readonly revokedAt: EpochSeconds | undefined
}

export function adminKeyStatus({ expiresAt, revokedAt }: KeyLife, now: EpochSeconds): AdminKeyStatus {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && now >= expiresAt ? 'expired' : 'active'
}
