// The steps of a key rotation that the server takes by itself: the next key begins to sign when it is due, and an old
// key is removed when all its tokens have expired.
import { SYSTEM } from '../domain/audit-event.ts'
import { nextStepAt } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Clock } from '../ports/clock.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'
import { signingKeyAudit } from './signing-key-audit.ts'

export interface AdvanceSigningKeysPorts {
  readonly signingKeys: SigningKeys
  /**
   * The earlier of the local clock and the database's clock (see `earlierClock`). Several servers may share a store,
   * and one server with a fast clock must not end a key too early.
   */
  readonly clock: Clock
  readonly tokenLifetimeSeconds: number
}

/** Takes the steps that are due, and returns the key set after these steps. Throws `StoreUnavailable`. */
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
  if (!advanced.ok) throw new Error(`a step of the key rotation was refused: ${advanced.refusal.reason}`)
  return advanced.value.keys
}
