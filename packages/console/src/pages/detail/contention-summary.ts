// The contention of an integration (callers that supersede each other's tokens) in one line: in how many slots, by how
// many callers, how often and since when.
import type { Contention } from 'latchkey/admin-api'

export type ContentionSource = Contention['sources'][number]

export interface ContentionSummary {
  /** `several_sources` if several callers compete for at least one slot. Otherwise the kind of the first slot. */
  readonly kind: Contention['kind']
  readonly supersessions: number
  /** The start of the oldest contention. */
  readonly since: string
  /** Each caller once, with its requests for all contended slots, the busiest first. */
  readonly sources: readonly ContentionSource[]
  readonly scopes: readonly string[]
  readonly cures: Contention['cures']
}

/** Returns the contention of all slots in one summary. Undefined if no slot is contended. */
export function contentionSummary(contention: readonly Contention[]): ContentionSummary | undefined {
  const [first] = contention
  if (first === undefined) return undefined
  const { kind, cures } = contention.find((one) => one.kind === 'several_sources') ?? first
  const sources = new Map<string, ContentionSource>()
  for (const source of contention.flatMap((one) => one.sources)) {
    const key = JSON.stringify([source.address, source.user_agent, source.credential_id, source.subject])
    const requests = (sources.get(key)?.requests ?? 0) + source.requests
    sources.set(key, { ...source, requests })
  }
  return {
    kind,
    cures,
    supersessions: contention.reduce((sum, one) => sum + one.supersessions, 0),
    since: contention.map((one) => one.since).toSorted()[0] ?? first.since,
    sources: [...sources.values()].toSorted((one, other) => other.requests - one.requests),
    scopes: contention.map((one) => one.scope),
  }
}
