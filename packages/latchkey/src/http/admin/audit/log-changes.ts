// Logs one line for each administrative change, with event, actor and target. The line has ids and no names, because
// names are free text.
import type { Logger } from '../../../log.ts'
import type { AuditTrail } from '../../../ports/audit-trail.ts'
import { shown } from './audit-view.ts'

/** Returns a function that stops the logging. */
export const logChanges = (auditTrail: AuditTrail, logger: Logger): (() => void) =>
  auditTrail.onRecorded(({ event, seq, actor, target, after }) => {
    logger[isAlarm(event) ? 'warn' : 'info'](
      {
        event,
        // The details of the server's own events have only numbers and fixed words, so they are safe to log.
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

/** Returns true for an event after which the server refuses clients that made no mistake. */
const isAlarm = (event: string): boolean => event === 'store.tokens_ended'
