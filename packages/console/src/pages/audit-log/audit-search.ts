// The search parameters of the audit log: its filters.
import type { AuditFilter } from '../../api/platform-queries.ts'
import { exact } from '../../components/times.ts'
import { dayAfter, isDay } from './days.ts'

export interface AuditSearch {
  /** Undefined: the page shows the changes. */
  readonly kind?: 'refusals'
  readonly event?: string
  readonly actor?: string
  /** The name that the page shows. The filter uses the ID of the actor. */
  readonly actorName?: string
  readonly target?: string
  readonly targetName?: string
  /** The first day and the last one, UTC: 2026-01-31. */
  readonly from?: string
  readonly to?: string
}

const TEXTS = ['event', 'actor', 'actorName', 'target', 'targetName'] as const

/** Returns the filters of an address. Leaves out unknown values, so that an old link still shows the log. */
export function readAuditSearch(given: { readonly [Name in keyof AuditSearch]?: unknown }): AuditSearch {
  const texts = TEXTS.flatMap((name) => {
    const value = given[name]
    // The router parses a text of digits as a number.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? [[name, text]] : []
  })
  const days = (['from', 'to'] as const).flatMap((name) => (isDay(given[name]) ? [[name, given[name]]] : []))
  const kind = given.kind === 'refusals' ? [['kind', given.kind]] : []
  return Object.fromEntries([...kind, ...texts, ...days]) as AuditSearch
}

export const filterOf = ({ kind, event, actor, target, from, to }: AuditSearch): AuditFilter => ({
  kind: kind ?? 'changes',
  ...(event !== undefined && { event }),
  ...(actor !== undefined && { actor }),
  ...(target !== undefined && { target }),
  ...(from !== undefined && { since: `${from}T00:00:00Z` }),
  // The API excludes the end of the range, but an operator who names a last day wants to see all of it.
  ...(to !== undefined && { until: `${dayAfter(to)}T00:00:00Z` }),
})

/** Returns a day and a time of day for the name of a file. */
export const stamp = (time: Date): string => exact(time.toISOString()).replace(' UTC', '').replaceAll(/[: ]/g, '-')
