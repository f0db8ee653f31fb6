// Detects contention: slots in which callers keep superseding tokens, each other's or their own. An operator can then
// answer the question "who replaced my token?".
import type { EpochSeconds, Generation, RecordedToken } from './slot.ts'

/** The source of a request. Two requests have the same source if all four values are equal. */
export interface Source {
  readonly address: string
  readonly userAgent: string
  readonly credentialId: string
  /**
   * The workload that a platform's assertion named, as at most 120 characters of printable ASCII. Undefined for other
   * credentials.
   */
  readonly subject: string | undefined
}

export interface SeenSource extends Source {
  /**
   * The number of requests that got a token since the last pause of the source. A pause is `QUIET_MS` without a
   * request.
   */
  readonly requests: number
  readonly lastSeen: EpochSeconds
  /** True if the last request of this source named the token that the request replaces. */
  readonly isConditional: boolean
  /** The time `lastSeen` on the monotonic clock. */
  readonly moment: Milliseconds
}

/**
 * - `several_sources`: several callers supersede each other's tokens.
 * - `one_source`: a single caller requests a new token for each of its calls instead of reusing its token.
 * - `refused_early`: callers name the token that they replace, and replace it before half of its life is over. Probably
 *   an API refuses a good token, for example because it expects another audience.
 */
export type ContentionKind = 'several_sources' | 'one_source' | 'refused_early'

export interface Contention {
  readonly kind: ContentionKind
  readonly since: EpochSeconds
  /** The number of early supersessions so far, including those before the server detected the contention. */
  readonly supersessions: number
  readonly lastSupersession: EpochSeconds
}

/** The recent requests of a slot, in a record of fixed size. Each request changes the record in place. */
export interface SlotTraffic {
  /**
   * The generation of the newest token. If the token of a request has the same generation, the request shared the token
   * of an earlier request.
   */
  generation: Generation
  /**
   * The times of the last `RAISED_BY` early supersessions, the oldest first. If there were fewer, the list begins with
   * `NEVER`.
   */
  readonly early: Milliseconds[]
  /** The time of the last early supersession by a request that did not name the token that the request replaces. */
  earlyPlain: Milliseconds
  /** The recent sources, the least recently seen source first. */
  readonly sources: Changing<SeenSource>[]
  contention: Changing<Contention> | undefined
}

/** The same type without `readonly`, for records that the code changes in place. */
export type Changing<Record> = { -readonly [Member in keyof Record]: Record[Member] }

/** A request that was answered with a token. Other requests may have got the same token. */
export interface AnsweredRequest extends Source {
  readonly token: RecordedToken
  /** True if the request named the token that it replaces, and the integration does not ignore such conditions. */
  readonly isConditional: boolean
  /** The token that the new token superseded. Undefined if the slot was empty, or if the token is not new. */
  readonly superseded: RecordedToken | undefined
  readonly at: EpochSeconds
  readonly moment: Milliseconds
}

/** A time of the monotonic clock, in milliseconds. */
type Milliseconds = number

/** The server detects a contention after this number of early supersessions within `WINDOW_MS`. */
export const RAISED_BY = 3
export const WINDOW_MS = 60_000
/** A contention ends after this time without an early supersession. */
export const QUIET_MS = 300_000
export const MAX_SOURCES = 8

/** A time that is earlier than every other time. */
const NEVER = -Infinity

/** Returns the record of a slot without recent requests. */
export const noTraffic = (): SlotTraffic => ({
  generation: 0,
  early: Array.from({ length: RAISED_BY }, () => NEVER),
  earlyPlain: NEVER,
  sources: [],
  contention: undefined,
})

/** Clears `traffic`, so that another slot can use the record. */
export function forget(traffic: SlotTraffic): void {
  traffic.generation = 0
  traffic.early.fill(NEVER)
  traffic.earlyPlain = NEVER
  traffic.contention = undefined
  // Marks the records of all sources as unused. The next request reuses one of these records for its own source and
  // drops the other records.
  for (const source of traffic.sources) source.moment = NEVER
}

/**
 * Adds a request to the traffic of the slot. Allocates an object only for a new source or a new contention, because
 * this function runs for each issued token.
 */
export function observe(traffic: SlotTraffic, request: AnsweredRequest): void {
  const { token, at, moment } = request
  const { early, sources } = traffic
  if (isQuiet(traffic, moment)) {
    early.fill(NEVER)
    traffic.earlyPlain = NEVER
    traffic.contention = undefined
  }
  const isSupersession = token.generation > traffic.generation && isEarly(request)
  if (isSupersession) {
    early.shift()
    early.push(moment)
    if (!request.isConditional) traffic.earlyPlain = moment
  }
  traffic.generation = Math.max(traffic.generation, token.generation)
  see(sources, request)
  const { contention } = traffic
  if (contention !== undefined) {
    if (contention.kind === 'one_source') contention.kind = kindOfSources(sources, moment)
    else if (contention.kind === 'refused_early') contention.kind = kindOf(traffic, moment)
    if (!isSupersession) return
    contention.supersessions++
    contention.lastSupersession = at
  } else if (isSupersession && isOften(early, moment)) {
    const kind = kindOf(traffic, moment)
    traffic.contention = { kind, since: at, supersessions: RAISED_BY, lastSupersession: at }
  }
}

/**
 * Returns the contention in the slot. Undefined if the slot has no contention, or if the last early supersession was
 * `QUIET_MS` ago or more. The next request changes the returned object.
 */
export const contentionAt = (traffic: SlotTraffic, moment: Milliseconds): Contention | undefined =>
  isQuiet(traffic, moment) ? undefined : traffic.contention

/** Returns the remedies for a contention, the best first. */
export function curesOf({ kind, sources }: Pick<Contention, 'kind'> & Callers): readonly Cure[] {
  if (kind === 'refused_early') return ['find_the_refusal']
  if (kind === 'one_source') return ['keep_the_token', 'stable_mode', 'agent']
  const cures = ['separate_integrations', 'stable_mode', 'agent'] as const
  return unconditionalAmong(sources).length > 0 ? ['name_the_token', ...cures] : cures
}

/**
 * Returns the sources whose requests do not name the token that they replace, if requests of other sources do. Empty if
 * all sources name the token, or none does.
 */
export const unconditionalAmong = (sources: Callers['sources']): readonly Source[] =>
  sources.some(({ isConditional }) => isConditional) ? sources.filter(({ isConditional }) => !isConditional) : []

interface Callers {
  readonly sources: readonly (Source & Pick<SeenSource, 'isConditional'>)[]
}

export type Cure =
  'separate_integrations' | 'keep_the_token' | 'stable_mode' | 'agent' | 'name_the_token' | 'find_the_refusal'

const isQuiet = ({ early }: SlotTraffic, moment: Milliseconds): boolean => moment - (early.at(-1) ?? NEVER) >= QUIET_MS

/**
 * Returns true if the token was superseded in the first half of its lifetime. A client that only renews an expiring
 * token supersedes it later.
 */
export const isEarly = ({ token, superseded }: Pick<AnsweredRequest, 'token' | 'superseded'>): boolean =>
  superseded !== undefined && token.issuedAt - superseded.issuedAt < (superseded.expiresAt - superseded.issuedAt) / 2

const isOften = (early: readonly Milliseconds[], moment: Milliseconds): boolean =>
  moment - (early[0] ?? NEVER) <= WINDOW_MS

const kindOf = ({ earlyPlain, sources }: SlotTraffic, moment: Milliseconds): ContentionKind =>
  moment - earlyPlain > WINDOW_MS ? 'refused_early' : kindOfSources(sources, moment)

function kindOfSources(sources: readonly SeenSource[], moment: Milliseconds): ContentionKind {
  let recent = 0
  for (const source of sources) if (moment - source.moment <= WINDOW_MS) recent++
  return recent > 1 ? 'several_sources' : 'one_source'
}

/** Drops the sources that were not seen for `QUIET_MS`, and puts the source of this request at the end. */
function see(sources: Changing<SeenSource>[], request: AnsweredRequest): void {
  let known: Changing<SeenSource> | undefined
  let unused: Changing<SeenSource> | undefined
  let kept = 0
  for (const other of sources) {
    if (request.moment - other.moment >= QUIET_MS) unused = other
    else if (isSame(other, request)) known = other
    else sources[kept++] = other
  }
  if (known === undefined && kept === MAX_SOURCES) {
    unused = sources.shift()
    kept--
  }
  sources[kept] = seen(known ?? begun(unused, request), request)
  sources.length = kept + 1
}

/** Returns the record of a new source. Reuses an unused record if there is one. */
function begun(unused: Changing<SeenSource> | undefined, source: Source): Changing<SeenSource> {
  const { address, userAgent, credentialId, subject } = source
  if (unused === undefined) {
    const unseen = { requests: 0, lastSeen: 0, moment: NEVER, isConditional: false }
    return { address, userAgent, credentialId, subject, ...unseen }
  }
  unused.address = address
  unused.userAgent = userAgent
  unused.credentialId = credentialId
  unused.subject = subject
  unused.requests = 0
  return unused
}

function seen(source: Changing<SeenSource>, { at, moment, isConditional }: AnsweredRequest): Changing<SeenSource> {
  source.requests++
  source.lastSeen = at
  source.moment = moment
  source.isConditional = isConditional
  return source
}

const isSame = (one: Source, other: Source): boolean =>
  one.address === other.address &&
  one.userAgent === other.userAgent &&
  one.credentialId === other.credentialId &&
  one.subject === other.subject
