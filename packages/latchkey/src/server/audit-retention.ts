// Removes the audit events that are older than the retention period: when the server starts, and then every six hours.
import type { Logger } from '../log.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Scheduler } from './signing-key-scheduler.ts'

export interface RetentionPorts {
  readonly auditTrail: AuditTrail
  readonly clock: Clock
  readonly logger: Logger
}

const SECONDS_OF_A_DAY = 86_400
const INTERVAL_MILLISECONDS = 6 * 3_600_000

/**
 * Starts the regular removal. If `days` is 0, the server removes no events. If a removal fails, the next removal
 * includes its events.
 */
export function scheduleRetention({ auditTrail, clock, logger }: RetentionPorts, days: number): Scheduler {
  if (days === 0) return { stop: () => undefined }
  let isStopped = false
  const prune = (): void => {
    auditTrail.prune(clock.now() - days * SECONDS_OF_A_DAY).catch((err: unknown) => {
      // The stopping server has closed the store during the removal. That is not a fault: the next start removes the
      // events.
      if (isStopped) return
      logger.error(
        { event: 'audit_trail.prune_failed', err },
        'old events of the audit trail could not be removed: the server tries again later',
      )
    })
  }
  prune()
  const timer = setInterval(prune, INTERVAL_MILLISECONDS).unref()
  return {
    stop: () => {
      isStopped = true
      clearInterval(timer)
    },
  }
}
