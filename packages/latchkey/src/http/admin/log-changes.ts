// One line in the log for each administrative change: who, what, on what. Names, which are free text, stay out.
import type { Logger } from '../../log.ts'
import type { AuditTrail } from '../../ports/audit-trail.ts'

/** Returns how to stop it. */
export const logChanges = (auditTrail: AuditTrail, logger: Logger): (() => void) =>
  auditTrail.onRecorded(({ event, seq, actor, target }) => {
    logger.info(
      {
        event,
        request_id: actor.requestId,
        actor_id: actor.id,
        'client.address': actor.address,
        target_kind: target.kind,
        target_id: target.id,
        audit_seq: seq,
      },
      event.replace('.', ' '),
    )
  })
