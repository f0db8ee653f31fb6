// Refusals as events: at most one a minute for each client, address and reason, and few in all.
import { type AuditRecord, SYSTEM } from '../domain/audit-event.ts'
import type { Logger } from '../log.ts'
import type { RefusedRequest } from '../ports/activity.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { EventLog } from './event-log.ts'
import { MinuteGate } from './minute-gate.ts'

/** As the audit trail calls it. */
export const CLIENT_REFUSED = 'client.refused'
/** A minute, in all. */
const MOST_EVENTS = 100
const FLUSH_MS = 10_000

export interface RefusalEventsPorts {
  readonly events: EventLog
  readonly audit: Pick<AuditTrail, 'append'>
  readonly integrations: Pick<Integrations, 'findByIdOrClientId'>
  readonly clock: Clock
  readonly logger: Logger
}

export class RefusalEvents {
  readonly #ports: RefusalEventsPorts
  // A caller that makes up client IDs uses up the second budget alone.
  readonly #proven = new MinuteGate(MOST_EVENTS)
  readonly #claimed = new MinuteGate(MOST_EVENTS)
  /** Refusals since the last event that were counted and nothing more. */
  #omitted = 0
  #unwritten: RefusedRequest[] = []
  readonly #timer: NodeJS.Timeout

  constructor(ports: RefusalEventsPorts) {
    this.#ports = ports
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS).unref()
  }

  note(refused: RefusedRequest): void {
    const { endpoint, reason, clientId, client, address, requestId } = refused
    const { clock, events } = this.#ports
    const gate = client === 'proven' ? this.#proven : this.#claimed
    if (!gate.admits(`${clientId ?? ''} ${address} ${reason}`, clock.monotonic())) {
      this.#omitted++
      return
    }
    const happened = { endpoint, reason, clientId, address, requestId }
    events.publish({ name: 'refusal', at: clock.now(), ...happened, omittedBefore: this.#omitted })
    this.#omitted = 0
    // A token that is refused is an everyday thing: clients renew because of it. The audit trail must not grow with
    // that.
    if (client === 'proven' && endpoint !== 'verify') this.#unwritten.push(refused)
  }

  /** Writes to the audit trail what is not there yet. What the store does not take now is kept for the next time. */
  async flush(): Promise<void> {
    const refusals = this.#unwritten.splice(0)
    if (refusals.length === 0) return
    try {
      const records = await Promise.all(refusals.map((refusal) => this.#record(refusal)))
      await this.#ports.audit.append(records.filter((record) => record !== undefined))
    } catch (cause) {
      this.#unwritten = [...refusals, ...this.#unwritten].slice(-MOST_EVENTS)
      if (cause instanceof StoreUnavailable) return
      this.#ports.logger.error({ event: 'audit.failed', err: cause }, 'refusals were not recorded')
    }
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  /** Undefined when the integration is gone by now. */
  async #record({
    endpoint,
    reason,
    clientId = '',
    address,
    requestId,
  }: RefusedRequest): Promise<AuditRecord | undefined> {
    const integration = await this.#ports.integrations.findByIdOrClientId(clientId)
    if (integration === undefined) return undefined
    return {
      event: CLIENT_REFUSED,
      actor: { ...SYSTEM, address, requestId },
      target: { kind: 'integration', id: integration.id, name: integration.name },
      before: {},
      after: { endpoint, reason, address },
    }
  }
}
