// Keeps the audit trail for as long as it is to be kept: looks at the start, and every few hours from then on.
import type { Logger } from '../log.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'

export interface RetentionPorts {
  readonly auditTrail: AuditTrail
  readonly clock: Clock
  readonly logger: Logger
}

const SECONDS_OF_A_DAY = 86_400
const INTERVAL_MILLISECONDS = 6 * 3_600_000

/** `days` 0: nothing is ever removed. What cannot be removed now is removed at the next look. */
export function keepAuditTrail({ auditTrail, clock, logger }: RetentionPorts, days: number): { stop(): void } {
  if (days === 0) return { stop: () => undefined }
  let isStopped = false
  const look = (): void => {
    auditTrail.prune(clock.now() - days * SECONDS_OF_A_DAY).catch((err: unknown) => {
      // The store was closed under it. That is no fault, and the next start looks again.
      if (isStopped) return
      logger.error({ event: 'audit_trail.prune_failed', err }, 'old events of the audit trail are removed later')
    })
  }
  look()
  const timer = setInterval(look, INTERVAL_MILLISECONDS).unref()
  return {
    stop: () => {
      isStopped = true
      clearInterval(timer)
    },
  }
}
