// Says in one line how long the commits of the store take. The metrics contain only upper bounds.
import type { ServerMetrics } from '../../api/metrics.ts'
import { count, plural } from '../../components/times.ts'
import { overviewText as words } from '../../strings/activity.ts'

export function commitText({ commits, commitMs }: Pick<ServerMetrics, 'commits' | 'commitMs'>): string {
  if (commitMs === undefined) return words.noCommits
  const bounds = (['p50', 'p95', 'p99'] as const).map((name) => {
    const ms = commitMs[name]
    return `${name} ${Number.isFinite(ms) ? `≤ ${count(ms)} ms` : words.beyond}`
  })
  return words.commits(plural(commits, 'commit'), bounds.join(', '))
}
