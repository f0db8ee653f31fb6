// Logs one line for each administrative change: event, actor and target. Logs ids only, because names are free text.
import type { Logger } from '../../../log.ts'
import type { AuditTrail } from '../../../ports/audit-trail.ts'
import { shown } from './audit-view.ts'

/** Returns a function that stops the logging. */
export const logChanges = (auditTrail: AuditTrail, logger: Logger): (() => void) =>
  auditTrail.onRecorded(({ event, seq, actor, target, after }) => {
    logger[isAlarm(event) ? 'warn' : 'info'](
      {
        event,
        // Events of the server itself have only numbers and fixed words.
        ...(target.kind === 'server' && shown(after)),
        actor_id: actor.id,
        // A change by the server itself has no request.
        ...(actor.requestId !== '' && { request_id: actor.requestId, 'client.address': actor.address }),
        target_kind: target.kind,
        target_id: target.id,
        audit_seq: seq,
      },
      event.replace(/[._]/g, ' '),
    )
  })

/** True for an event after which clients are refused through no fault of their own. */
const isAlarm = (event: string): boolean => event === 'store.tokens_ended'
