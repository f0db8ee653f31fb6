// Makes the set-up link for the first owner. The new link replaces the previous link.
import { accept, type Result, type Secret } from '@latchkey/protocol'
import { type Actor, type AuditRecord, SYSTEM } from '../domain/audit-event.ts'
import { SET_UP_TARGET } from '../domain/audited-operator.ts'
import { SET_UP_SECONDS } from '../domain/set-up-link.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Clock } from '../ports/clock.ts'
import type { OwnerExists } from '../domain/operator-change.ts'
import type { Operators } from '../ports/operators.ts'
import type { SessionVault } from '../ports/session-vault.ts'

export interface LinkPorts {
  readonly operators: Operators
  readonly sessionVault: SessionVault
  readonly clock: Clock
}

export interface NewLink {
  readonly code: Secret
  readonly expiresAt: EpochSeconds
}

/** Makes the link. Refuses if an owner can already sign in. Throws `StoreUnavailable`. */
export async function createSetUpLink(
  { operators, sessionVault, clock }: LinkPorts,
  by: Actor,
): Promise<Result<NewLink, OwnerExists>> {
  const { text: code, hash } = sessionVault.newCode()
  const expiresAt = clock.now() + SET_UP_SECONDS
  const record: AuditRecord = { event: 'set_up_link.created', actor: by, target: SET_UP_TARGET, before: {}, after: {} }
  // A server without an owner makes a link at each start. Such a link gets no record, because these records would fill
  // the audit trail.
  const made = await operators.putFirstLink({ hash, operatorId: undefined, expiresAt }, by === SYSTEM ? [] : [record])
  return made.ok ? accept({ code, expiresAt }) : made
}
