// Whether who asks for a change may still act: judged as the batch closes, so that nothing is done by a right that ended.
import { adminKeyStatus } from '../domain/admin-key-status.ts'
import type { Actor, AuditRecord } from '../domain/audit-event.ts'
import { ActorEnded } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { AdminKeyCell } from '../state/admin-key-cell.ts'
import type { AuditBatch, AuditLog } from '../state/audit-log.ts'
import type { PeopleCell } from '../state/people-cell.ts'
import type { Recorder } from './staged-batch.ts'

/**
 * A request is admitted before its change waits for other work, a new key or a turn. A revocation may be answered
 * meanwhile, and nothing of the key may follow that. Every change is recorded with its actor, so here none is missed.
 */
export class ActorRights implements Recorder {
  readonly #audit: AuditLog
  readonly #adminKeys: AdminKeyCell
  readonly #people: PeopleCell
  readonly #clock: Clock

  constructor(audit: AuditLog, of: { readonly adminKeys: AdminKeyCell; readonly people: PeopleCell; clock: Clock }) {
    this.#audit = audit
    this.#adminKeys = of.adminKeys
    this.#people = of.people
    this.#clock = of.clock
  }

  /** Throws `ActorEnded`, which takes back what its change had staged. Who ends their own right records that first. */
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
        return batch.get(this.#people).operators.some((operator) => operator.id === id && !operator.disabled)
    }
  }
}
