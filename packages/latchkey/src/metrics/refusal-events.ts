// Turns refusals into events for the console and the audit trail. Makes at most one event a minute for each client,
// address and reason, and limits the total number.
import { type AuditRecord, SYSTEM } from '../domain/audit-event.ts'
import { proofMembers } from '../domain/refusal.ts'
import type { Logger } from '../log.ts'
import type { RefusedRequest } from '../ports/activity.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import { StoreUnavailable } from '../ports/store.ts'
import type { EventLog } from './event-log.ts'
import { MinuteGate } from './minute-gate.ts'

/** The name of the event in the audit trail. */
export const CLIENT_REFUSED = 'client.refused'
/** The largest number of events in a minute. */
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
  // The limits are separate, so that a caller that invents client IDs uses up only the limit for `claimed` clients.
  readonly #proven = new MinuteGate(MOST_EVENTS)
  readonly #claimed = new MinuteGate(MOST_EVENTS)
  /** The number of refusals since the last event that got no event because of the limits. */
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
    // Refused tokens are not recorded in the audit trail, because they are frequent: clients renew their tokens after a
    // refusal.
    if (client === 'proven' && endpoint !== 'verify') this.#unwritten.push(refused)
  }

  /** Writes the pending events to the audit trail. If the store fails, keeps the events for the next attempt. */
  async flush(): Promise<void> {
    const refusals = this.#unwritten.splice(0)
    if (refusals.length === 0) return
    try {
      const records = await Promise.all(refusals.map((refusal) => this.#record(refusal)))
      await this.#ports.audit.append(records.filter((record) => record !== undefined))
    } catch (cause) {
      this.#unwritten = [...refusals, ...this.#unwritten].slice(-MOST_EVENTS)
      if (cause instanceof StoreUnavailable) return
      this.#ports.logger.error({ event: 'audit.failed', err: cause }, 'refusals were not recorded in the audit trail')
    }
  }

  /** Writes the remaining events to the audit trail. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  /** Returns the audit record of a refusal. The integration may be missing, because it may have been deleted since. */
  async #record({
    endpoint,
    reason,
    clientId = '',
    address,
    requestId,
    proof,
  }: RefusedRequest): Promise<AuditRecord | undefined> {
    const integration = await this.#ports.integrations.findByIdOrClientId(clientId)
    if (integration === undefined) return undefined
    return {
      event: CLIENT_REFUSED,
      actor: { ...SYSTEM, address, requestId },
      target: { kind: 'integration', id: integration.id, name: integration.name },
      before: {},
      after: { endpoint, reason, address, ...proofMembers(proof) },
    }
  }
}
