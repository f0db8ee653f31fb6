// What the address of the audit log says: which entries are looked for.
import type { AuditFilter } from '../../api/platform-queries.ts'
import { exact } from '../../components/times.ts'
import { dayAfter, isDay } from './days.ts'

export interface AuditSearch {
  readonly event?: string
  readonly actor?: string
  /** For people: the filter is by the id. */
  readonly actorName?: string
  readonly target?: string
  readonly targetName?: string
  /** The first day and the last one, UTC: 2026-01-31. */
  readonly from?: string
  readonly to?: string
}

const TEXTS = ['event', 'actor', 'actorName', 'target', 'targetName'] as const

/** What is not understood is left out: an old link still shows the log. */
export function readAuditSearch(given: { readonly [Name in keyof AuditSearch]?: unknown }): AuditSearch {
  const texts = TEXTS.flatMap((name) => {
    const value = given[name]
    // The router reads what looks like a number as one.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? [[name, text]] : []
  })
  const days = (['from', 'to'] as const).flatMap((name) => (isDay(given[name]) ? [[name, given[name]]] : []))
  return Object.fromEntries([...texts, ...days]) as AuditSearch
}

export const filterOf = ({ event, actor, target, from, to }: AuditSearch): AuditFilter => ({
  ...(event !== undefined && { event }),
  ...(actor !== undefined && { actor }),
  ...(target !== undefined && { target }),
  ...(from !== undefined && { since: `${from}T00:00:00Z` }),
  // The API leaves the end itself out, and a person who names a last day means all of it.
  ...(to !== undefined && { until: `${dayAfter(to)}T00:00:00Z` }),
})

/** The time of day too, for names of files. */
export const stamp = (time: Date): string => exact(time.toISOString()).replace(' UTC', '').replaceAll(/[: ]/g, '-')
