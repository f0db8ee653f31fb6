// What the server notices of its own work, on its way into counters, timelines, the contention watch and the live events.
import { randomBytes } from 'node:crypto'
import { printableAgent } from '../domain/printable-agent.ts'
import type { Logger } from '../log.ts'
import type {
  Activity,
  AnsweredTokenRequest,
  AuthDecision,
  Endpoint,
  RefusedRequest,
  RouteMeter,
} from '../ports/activity.ts'
import type { ActivityReports, ContendedSlot, IntegrationReport, ServerReport } from '../ports/activity-reports.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { IssuanceHappened } from '../ports/live-events.ts'
import { ContentionWatch } from './contention-watch.ts'
import type { Counters } from './counters.ts'
import { EventLog } from './event-log.ts'
import { IntegrationTimelines } from './integration-timelines.ts'
import { LatencyTimeline } from './latency-timeline.ts'
import { readInterval, readTimeline, refusedColumn } from './read-timeline.ts'
import { CLIENT_REFUSED, RefusalEvents } from './refusal-events.ts'
import { RequestMeters } from './request-meters.ts'
import { SteadyTime } from './steady-time.ts'
import { Timeline } from './timeline.ts'

const MOST_SLOTS = 10_000
const MOST_INTEGRATIONS = 10_000
const MOST_EVENTS = 1000

export interface ServerActivityPorts {
  readonly counters: Counters
  readonly clock: Clock
  readonly integrations: Pick<Integrations, 'findByName'>
  readonly audit: Pick<AuditTrail, 'append' | 'onRecorded'>
  readonly logger: Logger
}

export class ServerActivity implements Activity, ActivityReports {
  readonly counters: Counters
  readonly requests: RequestMeters
  readonly watch = new ContentionWatch(MOST_SLOTS)
  readonly events: EventLog
  readonly #ports: ServerActivityPorts
  readonly #time: SteadyTime
  readonly #server: Timeline
  readonly #latency: LatencyTimeline
  readonly #integrations: IntegrationTimelines
  readonly #refusals: RefusalEvents
  readonly #stopListening: () => void

  constructor(ports: ServerActivityPorts) {
    const { clock, audit } = ports
    this.#ports = ports
    this.counters = ports.counters
    this.requests = new RequestMeters(clock)
    this.events = new EventLog(randomBytes(6).toString('hex'), MOST_EVENTS, clock)
    this.#time = new SteadyTime(clock)
    const now = this.#time.now()
    this.#server = new Timeline(now, now)
    this.#latency = new LatencyTimeline(now)
    this.#integrations = new IntegrationTimelines(MOST_INTEGRATIONS, now)
    this.#refusals = new RefusalEvents({ ...ports, events: this.events })
    this.#stopListening = audit.onRecorded((recorded) => {
      // Those were told when they happened.
      if (recorded.event !== CLIENT_REFUSED) this.events.publish({ name: 'change', recorded })
    })
  }

  issued(answered: AnsweredTokenRequest): void {
    const { clock } = this.#ports
    const { clientId, issued } = answered
    if (issued.kind === 'reused') {
      this.#count('reused', clientId)
      this.#publishIssuance(answered, 'reused')
      return
    }
    const { isFirst, raised } = this.watch.notice(answered, clock.now(), clock.monotonic())
    const kind = isFirst ? 'issued' : 'shared'
    this.#count(kind, clientId)
    if (isFirst) this.#countSuperseded(answered)
    this.#publishIssuance(answered, kind)
    if (raised !== undefined) this.#tell(raised)
  }

  refused(refused: RefusedRequest): void {
    const { endpoint, reason, clientId, client } = refused
    const now = this.#time.now()
    const column = refusedColumn(endpoint === 'verify' ? 'denied' : 'refused', reason)
    if (endpoint !== 'verify') this.counters.refused.add(`${endpoint} ${reason}`)
    this.#server.count(column, now)
    if (clientId !== undefined && client === 'proven') this.#integrations.count(clientId, column, now)
    this.#refusals.note(refused)
  }

  decided(decision: AuthDecision): void {
    this.counters.decisions.add(decision)
    if (decision === 'accepted') this.#server.count(decision, this.#time.now())
  }

  route(template: string, endpoint?: Endpoint): RouteMeter {
    if (endpoint !== 'token') return this.requests.route(template)
    return this.requests.route(template, (milliseconds) => {
      this.#latency.observe(milliseconds, this.#time.now())
    })
  }

  server(): ServerReport {
    const now = this.#time.now()
    this.#latency.advance(now)
    const activity = readTimeline(this.#server, now, (place) => ({
      ...readInterval(this.#server, place),
      accepted: this.#server.at('accepted', place.index),
      tokenLatency: this.#latency.at(place),
    }))
    return { activity, contended: this.watch.contended(this.#ports.clock.monotonic()) }
  }

  integration(clientId: string): IntegrationReport {
    const now = this.#time.now()
    const timeline = this.#integrations.of(clientId, now)
    const activity = readTimeline(timeline, now, (place) => readInterval(timeline, place))
    return { activity, contended: this.watch.contendedOf(clientId, this.#ports.clock.monotonic()) }
  }

  /** Hands what is left to the audit trail. */
  async close(): Promise<void> {
    this.#stopListening()
    await this.#refusals.close()
  }

  #count(kind: 'issued' | 'shared' | 'reused', clientId: string): void {
    const now = this.#time.now()
    this.counters.issued.add(kind)
    this.#server.count(kind, now)
    this.#integrations.count(clientId, kind, now)
  }

  /** A token that had expired by itself was not superseded. */
  #countSuperseded({ clientId, issued: { token, superseded } }: AnsweredTokenRequest): void {
    if (superseded === undefined || superseded.expiresAt <= token.issuedAt) return
    const now = this.#time.now()
    this.counters.superseded++
    this.counters.remainingSeconds.observe(superseded.expiresAt - token.issuedAt)
    this.#server.count('superseded', now)
    this.#integrations.count(clientId, 'superseded', now)
  }

  #publishIssuance({ clientId, scope, issued, requester }: AnsweredTokenRequest, kind: IssuanceHappened['kind']): void {
    const { token, superseded } = issued
    this.events.publish({
      name: 'issuance',
      at: this.#ports.clock.now(),
      clientId,
      scope,
      generation: token.generation,
      jti: token.jti,
      kind,
      superseded: kind === 'issued' ? superseded?.jti : undefined,
      address: requester.address,
      userAgent: printableAgent(requester.userAgent),
    })
  }

  #tell(slot: ContendedSlot): void {
    const { clientId: client_id, scope, kind, sources } = slot
    this.events.publish({ name: 'contention', at: this.#ports.clock.now(), slot })
    const addresses = sources.map(({ address }) => address)
    this.#ports.logger.warn({ event: 'slot.contended', client_id, scope, kind, addresses }, CONTENDED)
  }
}

const CONTENDED = 'callers supersede each other in one slot, or one of them fetches a token for each call'
