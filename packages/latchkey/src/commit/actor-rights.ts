// Checks again, just before a batch is committed, that the author of each change still has the right to make it.
import { adminKeyStatus } from '../domain/admin-key-status.ts'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { ActorEnded } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { AdminKeySnapshot } from '../state/admin-key-snapshot.ts'
import type { AuditBatch, AuditLog } from '../state/audit-log.ts'
import type { OperatorSnapshot } from '../state/operator-snapshot.ts'
import type { Recorder } from './staged-batch.ts'

/**
 * Checks the rights of authors, because an admin key may have been revoked while the change waited in the commit queue.
 * Every change records its author here, so the check covers all changes.
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
   * Adds an audit record to the batch. Throws `ActorEnded` if the author of the record has lost its rights, so that the
   * queue rolls the change back. An author that ends its own rights must stage the record before the change.
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
