// Decides from the timeline of a client whether its refusals are rising.
import { areRising } from '../domain/attention.ts'
import { hourlyCounts } from './hourly-counts.ts'
import type { Timeline } from './timeline.ts'

export function areRefusalsRising(timeline: Timeline, now: number): boolean {
  // This fast check comes first, because most clients have no refused requests.
  if (![...timeline.names].some((name) => name.startsWith('refused:') || name.startsWith('denied:'))) return false
  const { refused, denied } = hourlyCounts(timeline, now)
  return areRising(refused.map((count, hour) => count + (denied[hour] ?? 0)))
}
