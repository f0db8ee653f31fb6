// Removes the audit events that are older than the retention period, at the start and then every six hours.
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
 * Starts the removal. If `days` is 0, the server removes no event. After a failure, the next run removes the events.
 */
export function scheduleRetention({ auditTrail, clock, logger }: RetentionPorts, days: number): Scheduler {
  if (days === 0) return { stop: () => undefined }
  let isStopped = false
  const prune = (): void => {
    auditTrail.prune(clock.now() - days * SECONDS_OF_A_DAY).catch((err: unknown) => {
      // The server closed the store during the run, because it is stopping. That is not a fault, and the next start
      // runs again.
      if (isStopped) return
      logger.error({ event: 'audit_trail.prune_failed', err }, 'old events of the audit trail are removed later')
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
