// Checks again, when the batch closes, that the author of a change still has the rights for it.
import { adminKeyStatus } from '../domain/admin-key-status.ts'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { ActorEnded } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { AdminKeySnapshot } from '../state/admin-key-snapshot.ts'
import type { AuditBatch, AuditLog } from '../state/audit-log.ts'
import type { OperatorSnapshot } from '../state/operator-snapshot.ts'
import type { Recorder } from './staged-batch.ts'

/**
 * The caller's rights are checked again when the batch closes: its key may have been revoked while the change was
 * queued. Every change records its actor here, so the check covers every change.
 */
export class ActorRights implements Recorder {
  readonly #audit: AuditLog
  readonly #adminKeys: AdminKeySnapshot
  readonly #operators: OperatorSnapshot
  readonly #clock: Clock

  constructor(
    audit: AuditLog,
    of: { readonly adminKeys: AdminKeySnapshot; readonly operators: OperatorSnapshot; clock: Clock },
  ) {
    this.#audit = audit
    this.#adminKeys = of.adminKeys
    this.#operators = of.operators
    this.#clock = of.clock
  }

  /**
   * Stages an audit record. Throws `ActorEnded` if the actor has no right any more; the queue then rolls the change
   * back. A caller that ends its own right must stage that record first.
   */
  stage(batch: AuditBatch, record: AuditRecord): void {
    if (!this.#mayAct(batch, record.actor)) throw new ActorEnded(record.actor.kind)
    this.#audit.stage(batch, record)
  }

  headWrites(batch: AuditBatch): ReturnType<AuditLog['headWrites']> {
    return this.#audit.headWrites(batch)
  }

  #mayAct(batch: AuditBatch, { kind, id }: Actor): boolean {
    switch (kind) {
      case 'system':
        return true
      case 'admin_key': {
        const key = [...batch.get(this.#adminKeys).values()].find((candidate) => candidate.id === id)
        return key !== undefined && adminKeyStatus(key, this.#clock.now()) === 'active'
      }
      case 'operator':
        return batch.get(this.#operators).operators.some((operator) => operator.id === id && !operator.disabled)
    }
  }
}
