// The rules of contention as a model for tests. Every step returns a new value, and no value is changed in place.
import type { Scope } from '@latchkey/protocol'
import {
  type AnsweredRequest,
  type Contention,
  MAX_SOURCES,
  QUIET_MS,
  RAISED_BY,
  type SeenSource,
  WINDOW_MS,
} from '../../../src/domain/contention.ts'
import type { ContendedSlot } from '../../../src/ports/activity-reports.ts'

interface Traffic {
  readonly clientId: string
  readonly scope: Scope
  readonly generation: number
  readonly early: readonly number[]
  /** The last early supersession by an unconditional request. */
  readonly earlyPlain: number
  readonly sources: readonly SeenSource[]
  readonly contention: Contention | undefined
}

/** The recently used slots (one slot for each client and scope), the oldest first. */
export class ContentionModel {
  readonly #most: number
  #slots: readonly Traffic[] = []
  /** Sorted by the time at which their contention began. */
  #contended: readonly string[] = []

  constructor(most: number) {
    this.#most = most
  }

  notice(clientId: string, scope: Scope, request: AnsweredRequest) {
    const before = this.#slots.find((slot) => slot.clientId === clientId && slot.scope === scope)
    const nothing = {
      clientId,
      scope,
      generation: 0,
      early: [],
      earlyPlain: -Infinity,
      sources: [],
      contention: undefined,
    }
    const after = observed(before ?? nothing, request)
    this.#slots = [...this.#slots.filter((slot) => slot !== before), after].slice(-this.#most)
    const isContended = after.contention !== undefined
    const others = this.#contended.filter((key) => key !== keyOf(after) || isContended)
    this.#contended = isContended && !others.includes(keyOf(after)) ? [...others, keyOf(after)] : others
    this.#forgetOthers()
    const isNews = isContended && (before && atRest(before, request.moment).contention)?.kind !== after.contention.kind
    return {
      isFirst: before === undefined || request.token.generation > before.generation,
      raised: isNews ? report(after, request.moment) : undefined,
    }
  }

  contended(moment: number, clientId?: string): readonly ContendedSlot[] {
    const reports = this.#contended.map((key) => {
      const slot = this.#slots.find((other) => keyOf(other) === key)
      return slot && report(slot, moment)
    })
    return reports.filter((slot) => slot !== undefined).filter((slot) => slot.clientId === (clientId ?? slot.clientId))
  }

  #forgetOthers(): void {
    this.#contended = this.#contended.filter((key) => this.#slots.some((slot) => keyOf(slot) === key))
  }
}

const keyOf = ({ clientId, scope }: Traffic): string => `${clientId} ${scope}`

function report(slot: Traffic, moment: number): ContendedSlot | undefined {
  const { contention } = atRest(slot, moment)
  if (contention === undefined) return undefined
  return { clientId: slot.clientId, scope: slot.scope, ...contention, sources: slot.sources.toReversed() }
}

function atRest(slot: Traffic, moment: number): Traffic {
  const sources = slot.sources.filter((source) => moment - source.moment < QUIET_MS)
  const last = slot.early.at(-1)
  const isQuiet = last !== undefined && moment - last >= QUIET_MS
  return isQuiet ? { ...slot, early: [], earlyPlain: -Infinity, sources, contention: undefined } : { ...slot, sources }
}

function observed(before: Traffic, request: AnsweredRequest): Traffic {
  const { token, superseded, at, moment } = request
  const slot = atRest(before, moment)
  const isEarly =
    superseded !== undefined && token.issuedAt - superseded.issuedAt < (superseded.expiresAt - superseded.issuedAt) / 2
  const isSupersession = token.generation > slot.generation && isEarly
  const early = isSupersession ? [...slot.early, moment].slice(-RAISED_BY) : slot.early
  const earlyPlain = isSupersession && !request.isConditional ? moment : slot.earlyPlain
  const sources = withSource(slot.sources, request)
  const isOften = early.length === RAISED_BY && moment - (early[0] ?? moment) <= WINDOW_MS
  const next = { ...slot, generation: Math.max(slot.generation, token.generation), early, earlyPlain, sources }
  const recent = sources.filter((source) => moment - source.moment <= WINDOW_MS)
  const ofSources = recent.length > 1 ? 'several_sources' : 'one_source'
  const kind = moment - earlyPlain > WINDOW_MS ? 'refused_early' : ofSources
  const { contention } = slot
  if (contention === undefined) {
    const begun = { kind, since: at, supersessions: RAISED_BY, lastSupersession: at } as const
    return { ...next, contention: isSupersession && isOften ? begun : undefined }
  }
  const counted = isSupersession ? { supersessions: contention.supersessions + 1, lastSupersession: at } : {}
  const kinds = { one_source: ofSources, refused_early: kind, several_sources: contention.kind } as const
  return { ...next, contention: { ...contention, kind: kinds[contention.kind], ...counted } }
}

function withSource(sources: readonly SeenSource[], request: AnsweredRequest): readonly SeenSource[] {
  const { address, userAgent, credentialId, subject, isConditional, at, moment } = request
  const known = sources.find(
    (other) =>
      other.address === address &&
      other.userAgent === userAgent &&
      other.credentialId === credentialId &&
      other.subject === subject,
  )
  const others = known === undefined ? sources.slice(1 - MAX_SOURCES) : sources.filter((other) => other !== known)
  return [
    ...others,
    {
      ...{ address, userAgent, credentialId, subject, isConditional },
      ...{ requests: (known?.requests ?? 0) + 1, lastSeen: at, moment },
    },
  ]
}
