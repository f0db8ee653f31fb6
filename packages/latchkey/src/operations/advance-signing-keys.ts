// The server's own steps of a rotation: the next key signs when it is due, and leaves when its tokens are over.
import { SYSTEM } from '../domain/audit-event.ts'
import { nextStepAt } from '../domain/signing-key-set.ts'
import type { SigningKeyRecord } from '../domain/signing-key.ts'
import type { Clock } from '../ports/clock.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'
import { signingKeyAudit } from './signing-key-audit.ts'

export interface AdvanceSigningKeysPorts {
  readonly signingKeys: SigningKeys
  /** Of several servers on one store, the one whose clock is ahead must not end a key for all of them: see `earlierClock`. */
  readonly clock: Clock
  readonly tokenLifetimeSeconds: number
}

/** Does what is due and no more; returns the keys as they are then. Throws `StoreUnavailable`. */
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
