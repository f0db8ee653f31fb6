// The server's own steps of a key rotation: the next key signs when it is due, and is removed when its tokens have
// expired.
import { SYSTEM } from '../domain/audit-event.ts'
import { nextStepAt } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Clock } from '../ports/clock.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'
import { signingKeyAudit } from './signing-key-audit.ts'

export interface AdvanceSigningKeysPorts {
  readonly signingKeys: SigningKeys
  /**
   * Several servers may share a store. The earlier of the local clock and the database's clock decides, so that a fast
   * clock does not end a key: see `earlierClock`.
   */
  readonly clock: Clock
  readonly tokenLifetimeSeconds: number
}

/** Takes the steps that are due, and returns the keys after them. Throws `StoreUnavailable`. */
export async function advanceSigningKeys({
  signingKeys,
  clock,
  tokenLifetimeSeconds,
}: AdvanceSigningKeysPorts): Promise<readonly SigningKeyRecord[]> {
  const keys = await signingKeys.all()
  const due = nextStepAt(keys)
  const dueBy = clock.now()
  if (due === undefined || dueBy < due) return keys
  const change = { kind: 'advance', dueBy, lifetimeSeconds: tokenLifetimeSeconds } as const
  const advanced = await signingKeys.change(change, signingKeyAudit(SYSTEM))
  if (!advanced.ok) throw new Error(`a step of the signing keys was refused: ${advanced.refusal.reason}`)
  return advanced.value.keys
}
