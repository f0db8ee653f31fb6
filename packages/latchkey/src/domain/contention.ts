// Finds slots in which callers keep superseding each other's tokens, or one caller its own: "who replaced my token?".
import type { EpochSeconds, Generation, RecordedToken } from './slot.ts'

/** Who asks. Requests are of one source when all three agree. */
export interface Source {
  readonly address: string
  readonly userAgent: string
  readonly secretId: string
}

export interface SeenSource extends Source {
  /** Requests answered with a token, since it was last unseen for `QUIET_MS`. */
  readonly requests: number
  readonly lastSeen: EpochSeconds
  /** As `lastSeen`, on the clock that no one sets. */
  readonly moment: Milliseconds
}

/** `one_source`: a single caller that fetches a token for each call instead of keeping it. */
export type ContentionKind = 'several_sources' | 'one_source'

export interface Contention {
  readonly kind: ContentionKind
  readonly since: EpochSeconds
  /** Early supersessions since then, and those that raised it. */
  readonly supersessions: number
  readonly lastSupersession: EpochSeconds
}

/** What is remembered of a slot: the same few things, however often it is asked for. */
export interface SlotTraffic {
  /** Of the newest token seen: what follows with the same one was answered by the same issuance. */
  readonly generation: Generation
  /** The last early supersessions, at most as many as raise a contention; the oldest first. */
  readonly early: readonly Milliseconds[]
  /** The least recently seen first. */
  readonly sources: readonly SeenSource[]
  readonly contention: Contention | undefined
}

/** A request that was answered with a new token, alone or together with others. */
export interface AnsweredRequest {
  readonly source: Source
  readonly token: RecordedToken
  /** What the token superseded; undefined when the slot was empty. */
  readonly superseded: RecordedToken | undefined
  readonly at: EpochSeconds
  readonly moment: Milliseconds
}

/** On a clock that no one sets. */
type Milliseconds = number

/** So many early supersessions … */
export const RAISED_BY = 3
/** … within this time are a contention; */
export const WINDOW_MS = 60_000
/** after this time without one it is over. */
export const QUIET_MS = 300_000
export const MAX_SOURCES = 8

const UNSEEN: SlotTraffic = { generation: 0, early: [], sources: [], contention: undefined }

/** The slot's traffic with one more request. `before` is undefined for a slot of which nothing is remembered. */
export function observe(before: SlotTraffic | undefined, request: AnsweredRequest): SlotTraffic {
  const { generation, early, sources, contention } = atRest(before ?? UNSEEN, request.moment)
  const isSupersession = request.token.generation > generation && isEarly(request)
  const traffic = {
    generation: Math.max(generation, request.token.generation),
    early: isSupersession ? [...early, request.moment].slice(-RAISED_BY) : early,
    sources: withSource(sources, request),
  }
  const isRaised = contention !== undefined || (isSupersession && isOften(traffic.early, request.moment))
  if (!isRaised) return { ...traffic, contention: undefined }
  const kind = contention?.kind === 'several_sources' ? contention.kind : kindOf(traffic.sources, request.moment)
  return { ...traffic, contention: counted({ contention, isSupersession, kind, at: request.at }) }
}

/** The contention in the slot at this moment; undefined when there is none, or it went quiet. */
export const contentionAt = (traffic: SlotTraffic, moment: Milliseconds): Contention | undefined =>
  atRest(traffic, moment).contention

/** What to do about it, the best first. */
export const curesOf = (kind: ContentionKind): readonly Cure[] =>
  kind === 'several_sources'
    ? ['separate_integrations', 'stable_mode', 'agent']
    : ['keep_the_token', 'stable_mode', 'agent']

export type Cure = 'separate_integrations' | 'keep_the_token' | 'stable_mode' | 'agent'

/** Forgets what has been quiet for long. */
function atRest(traffic: SlotTraffic, moment: Milliseconds): SlotTraffic {
  const { early, sources } = traffic
  const isSeen = (source: SeenSource): boolean => moment - source.moment < QUIET_MS
  const seen = sources.every(isSeen) ? sources : sources.filter(isSeen)
  const last = early.at(-1)
  const isQuiet = last !== undefined && moment - last >= QUIET_MS
  if (!isQuiet) return seen === sources ? traffic : { ...traffic, sources: seen }
  return { generation: traffic.generation, early: [], sources: seen, contention: undefined }
}

/** A client that renews its token renews it late in its life. */
const isEarly = ({ token, superseded }: AnsweredRequest): boolean =>
  superseded !== undefined && token.issuedAt - superseded.issuedAt < (superseded.expiresAt - superseded.issuedAt) / 2

const isOften = (early: readonly Milliseconds[], moment: Milliseconds): boolean =>
  early.length === RAISED_BY && moment - (early[0] ?? moment) <= WINDOW_MS

const kindOf = (sources: readonly SeenSource[], moment: Milliseconds): ContentionKind =>
  sources.filter((source) => moment - source.moment <= WINDOW_MS).length > 1 ? 'several_sources' : 'one_source'

function withSource(sources: readonly SeenSource[], { source, at, moment }: AnsweredRequest): readonly SeenSource[] {
  const known = sources.find((other) => isSame(other, source))
  const others = known === undefined ? sources.slice(1 - MAX_SOURCES) : sources.filter((other) => other !== known)
  return [...others, { ...source, requests: (known?.requests ?? 0) + 1, lastSeen: at, moment }]
}

const isSame = (one: Source, other: Source): boolean =>
  one.address === other.address && one.userAgent === other.userAgent && one.secretId === other.secretId

function counted(step: {
  readonly contention: Contention | undefined
  readonly isSupersession: boolean
  readonly kind: ContentionKind
  readonly at: EpochSeconds
}): Contention {
  const { contention, isSupersession, kind, at } = step
  if (contention === undefined) return { kind, since: at, supersessions: RAISED_BY, lastSupersession: at }
  return isSupersession
    ? { ...contention, kind, supersessions: contention.supersessions + 1, lastSupersession: at }
    : { ...contention, kind }
}
