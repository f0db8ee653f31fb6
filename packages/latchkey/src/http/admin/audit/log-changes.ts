// One line in the log for each administrative change: who, what, on what. Names, which are free text, stay out.
import type { Logger } from '../../../log.ts'
import type { AuditTrail } from '../../../ports/audit-trail.ts'
import { shown } from './audit-view.ts'

/** Returns how to stop it. */
export const logChanges = (auditTrail: AuditTrail, logger: Logger): (() => void) =>
  auditTrail.onRecorded(({ event, seq, actor, target, after }) => {
    logger[isAlarm(event) ? 'warn' : 'info'](
      {
        event,
        // Of the server itself there are numbers and words of our own.
        ...(target.kind === 'server' && shown(after)),
        actor_id: actor.id,
        // What the server does by itself comes with no request.
        ...(actor.requestId !== '' && { request_id: actor.requestId, 'client.address': actor.address }),
        target_kind: target.kind,
        target_id: target.id,
        audit_seq: seq,
      },
      event.replace(/[._]/g, ' '),
    )
  })

/** Clients are refused that did nothing wrong. */
const isAlarm = (event: string): boolean => event === 'store.tokens_ended'
