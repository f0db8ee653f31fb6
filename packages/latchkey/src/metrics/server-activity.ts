// Implements the port `Activity`: passes the outcome of each request to the counters, the timelines, the contention
// watch and the live events.
import { randomBytes } from 'node:crypto'
import { type AnsweredRequest, type Changing, isEarly } from '../domain/contention.ts'
import type { EpochSeconds } from '../domain/slot.ts'
import type { Logger } from '../log.ts'
import type {
  Activity,
  AnsweredTokenRequest,
  AuthDecision,
  AuthenticationMethod,
  Endpoint,
  RefusedRequest,
  RouteMeter,
} from '../ports/activity.ts'
import type {
  ActivityReports,
  ContendedSlot,
  HourlyCounts,
  IntegrationReport,
  ServerReport,
  TroubledClients,
} from '../ports/activity-reports.ts'
import type { AuditTrail } from '../ports/audit-trail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Integrations } from '../ports/integrations.ts'
import type { IssuanceHappened } from '../ports/live-events.ts'
import type { ActivityMinutes } from '../ports/activity-minutes.ts'
import { ActivityStorage } from './activity-storage.ts'
import { ContentionWatch } from './contention-watch.ts'
import type { Counters } from './counters.ts'
import { EventLog } from './event-log.ts'
import { hourlyCounts } from './hourly-counts.ts'
import { areRefusalsRising } from './rising-refusals.ts'
import { countAll, IntegrationTimelines } from './integration-timelines.ts'
import { MinuteGate } from './minute-gate.ts'
import { readInterval, readTimeline, refusedColumn } from './read-timeline.ts'
import { CLIENT_REFUSED, RefusalEvents } from './refusal-events.ts'
import { RequestMeters } from './request-meters.ts'
import { ServerTimeline } from './server-timeline.ts'
import { SteadyTime, toSeconds } from './steady-time.ts'
import { printableText } from '../domain/printable-text.ts'

const MOST_SLOTS = 10_000
const MOST_INTEGRATIONS = 10_000
const MOST_EVENTS = 1000
// The names of the counts to which an answered token request adds, for each kind of outcome.
const ISSUED = ['issued']
const SUPERSEDING = ['issued', 'superseded']
const SUPERSEDING_EARLY = ['issued', 'superseded', 'superseded_early']
const SHARED = ['shared']
const REUSED = ['reused']
const NO_REQUEST: AnsweredRequest = {
  ...{ address: '', userAgent: '', credentialId: '', subject: undefined },
  token: { generation: 0, jti: '', issuedAt: 0, expiresAt: 0, audience: '' },
  ...{ isConditional: false, superseded: undefined, at: 0, moment: 0 },
}
const TROUBLED_MS = 1000
/** The largest number of contentions that are logged in a minute. The activity report contains all contentions. */
const MOST_LOGGED = 20

export interface ServerActivityPorts {
  readonly counters: Counters
  readonly clock: Clock
  readonly integrations: Pick<Integrations, 'findByIdOrClientId'>
  readonly audit: Pick<AuditTrail, 'append' | 'onRecorded'>
  readonly logger: Logger
}

export class ServerActivity implements Activity, ActivityReports {
  readonly counters: Counters
  readonly requests: RequestMeters
  readonly events: EventLog
  readonly #ports: ServerActivityPorts
  readonly #time: SteadyTime
  readonly #watch = new ContentionWatch(MOST_SLOTS)
  /** The input of the contention watch. Every request reuses this one record. */
  readonly #request: Changing<AnsweredRequest> = { ...NO_REQUEST }
  readonly #logged = new MinuteGate(MOST_LOGGED)
  /**
   * The start of this run in milliseconds since the epoch. Contentions and the counts of integrations are measured
   * since this time, because they do not survive a restart.
   */
  readonly #startedAt: number
  readonly #server: ServerTimeline
  /** Writes the counts of the server to the store. Undefined before `begin`. */
  #storage: ActivityStorage | undefined
  /**
   * Counts the refusals of unknown clients. The server never reads these counts. It counts these refusals only so that
   * they take the same time as refusals of existing clients.
   */
  readonly #decoy: IntegrationTimelines
  readonly #agents = new KeptAgents()
  readonly #integrations: IntegrationTimelines
  readonly #refusals: RefusalEvents
  readonly #stopListening: () => void
  #troubled: TroubledClients | undefined
  #troubledAt = 0

  constructor(ports: ServerActivityPorts) {
    const { clock, audit } = ports
    this.#ports = ports
    this.counters = ports.counters
    this.requests = new RequestMeters(clock)
    this.events = new EventLog(randomBytes(6).toString('hex'), MOST_EVENTS, clock)
    this.#time = new SteadyTime(clock)
    const now = this.#time.now()
    this.#startedAt = now
    this.#server = new ServerTimeline(now)
    this.#decoy = new IntegrationTimelines(1, now)
    this.#integrations = new IntegrationTimelines(MOST_INTEGRATIONS, now)
    this.#refusals = new RefusalEvents({ ...ports, events: this.events })
    this.#stopListening = audit.onRecorded((recorded) => {
      // Refusals were already published as events of their own when they happened.
      if (recorded.event !== CLIENT_REFUSED) this.events.publish({ name: 'change', recorded })
    })
  }

  /** Reads the counts of earlier runs from the store, and begins to write the counts of this server to the store. */
  async begin(minutes: ActivityMinutes): Promise<void> {
    const [timeline, time, logger] = [this.#server, this.#time, this.#ports.logger]
    this.#storage = new ActivityStorage({ minutes, timeline, time, logger })
    await this.#storage.begin()
  }

  authenticated(method: AuthenticationMethod): void {
    this.counters.authentications[method]++
  }

  issued(answered: AnsweredTokenRequest): void {
    const { clientId, scope, issued, requester, credentialId, subject } = answered
    const isConditional = answered.graceSeconds !== undefined
    const now = this.#time.now()
    const at = this.#ports.clock.now()
    const userAgent = this.#agents.of(requester.userAgent)
    if (issued.kind === 'reused' && !isConditional) {
      this.#counted(clientId, 'reused', REUSED, now)
      this.events.publishIssuance(answered, 'reused', at, userAgent)
      return
    }
    const { token, superseded } = issued
    const request = this.#request
    request.address = requester.address
    request.userAgent = userAgent
    request.credentialId = credentialId
    request.subject = subject
    request.token = token
    request.isConditional = isConditional
    request.superseded = superseded
    request.at = at
    request.moment = now
    const { isFirst, raised } = this.#watch.notice(clientId, scope, request)
    const isNew = isFirst && issued.kind === 'issued'
    const kind = isNew ? 'issued' : 'shared'
    // A token that had already expired does not count as superseded.
    if (isNew && superseded !== undefined && superseded.expiresAt > token.issuedAt) {
      this.counters.superseded++
      this.counters.remainingSeconds.observe(superseded.expiresAt - token.issuedAt)
      this.#counted(clientId, kind, isEarly(request) ? SUPERSEDING_EARLY : SUPERSEDING, now)
    } else this.#counted(clientId, kind, isNew ? ISSUED : SHARED, now)
    this.events.publishIssuance(answered, kind, at, userAgent)
    if (raised !== undefined) this.#tell(raised, at)
  }

  refused(refused: RefusedRequest): void {
    const { endpoint, reason, clientId, client } = refused
    const now = this.#time.now()
    const column = refusedColumn(endpoint === 'verify' ? 'denied' : 'refused', reason)
    if (endpoint !== 'verify') this.counters.refused.add(`${endpoint} ${reason}`)
    this.#server.count(column, now)
    if (clientId !== undefined && client === 'proven') this.#integrations.count(clientId, [column], now)
    else this.#decoy.count('', [column], now)
    this.#refusals.note(refused)
  }

  decided(decision: AuthDecision): void {
    this.counters.decisions.add(decision)
  }

  route(template: string, endpoint?: Endpoint): RouteMeter {
    switch (endpoint) {
      case 'token':
        return this.requests.route(template, (milliseconds, moment) => {
          this.#server.observeLatency(milliseconds, this.#time.at(moment))
        })
      case 'verify':
        return this.requests.route(template, (_milliseconds, moment) => {
          this.#server.count('accepted', this.#time.at(moment))
        })
      default:
        return this.requests.route(template)
    }
  }

  server(): ServerReport {
    const now = this.#time.now()
    return { ...this.#server.report(now), contended: this.#watch.contended(now), earlier: this.#storage?.earlier }
  }

  integration(clientId: string): IntegrationReport {
    const now = this.#time.now()
    const timeline = this.#integrations.of(clientId, now)
    const activity = readTimeline(timeline, now, (place) => readInterval(timeline, place))
    return { activity, contended: this.#watch.contended(now, clientId), earlier: this.#storage?.earlier }
  }

  hours(clientId: string): HourlyCounts {
    const now = this.#time.now()
    return hourlyCounts(this.#integrations.of(clientId, now), now)
  }

  troubled(): TroubledClients {
    const now = this.#time.now()
    // The result of a scan of all timelines is reused for one second, because the console reads the list of
    // integrations at each letter of a search.
    if (this.#troubled === undefined || now - this.#troubledAt > TROUBLED_MS) {
      const rising = [...this.#integrations.timelines()].filter(([, timeline]) => areRefusalsRising(timeline, now))
      this.#troubled = {
        since: toSeconds(this.#startedAt),
        contended: new Set(this.#watch.contended(now).map(({ clientId }) => clientId)),
        refusalsRising: new Set(rising.map(([clientId]) => clientId)),
      }
      this.#troubledAt = now
    }
    return this.#troubled
  }

  get contendedSlots(): number {
    return this.#watch.contended(this.#time.now()).length
  }

  /** Writes the remaining events to the audit trail, and the remaining counts to the store. */
  async close(): Promise<void> {
    this.#stopListening()
    await Promise.all([this.#refusals.close(), this.#storage?.close()])
  }

  #counted(clientId: string, kind: IssuanceHappened['kind'], names: readonly string[], now: number): void {
    this.counters.issued.add(kind)
    countAll(this.#server, names, now)
    this.#integrations.count(clientId, names, now)
  }

  #tell(slot: ContendedSlot, at: EpochSeconds): void {
    const { clientId: client_id, scope, kind, sources } = slot
    this.#troubled = undefined
    this.events.publish({ name: 'contention', at, slot })
    // `kind` is part of the key, so the server logs a contention again within the minute when a second caller joins it.
    if (!this.#logged.admits(`${client_id} ${scope} ${kind}`, this.#ports.clock.monotonic())) return
    const addresses = [...new Set(sources.map(({ address }) => address))]
    this.#ports.logger.warn({ event: 'slot.contended', client_id, scope, kind, addresses }, CONTENDED)
  }
}

const CONTENDED =
  "callers supersede each other's tokens for one client and scope, or one caller requests a token for each call"

const MOST_AGENTS = 1000

/** Keeps the User-Agent headers of recent callers, so that equal headers share one string object. */
class KeptAgents {
  readonly #agents = new Map<string, string>()

  /** Returns a printable copy of the header. The copy does not reference the memory of the request. */
  of(userAgent: string): string {
    const known = this.#agents.get(userAgent)
    if (known !== undefined) return known
    const agent = printableText(userAgent)
    // The number of entries is limited because callers choose the header. A full table is cleared.
    if (this.#agents.size >= MOST_AGENTS) this.#agents.clear()
    // The printable copy is also the key, so that the table keeps no original header in memory. A header that differs
    // from its copy is never found, and is converted at each request.
    this.#agents.set(agent, agent)
    return agent
  }
}
