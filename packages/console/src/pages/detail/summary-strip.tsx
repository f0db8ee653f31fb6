// The facts about an integration that an operator looks for first, in one line above everything else.
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import type { ReactNode } from 'react'
import { sumOf } from '../../api/activity-sums.ts'
import { liveTokens } from '../../api/counted-slot.ts'
import { activitySumsQuery, slotsQuery } from '../../api/queries.ts'
import { RelativeTime } from '../../components/relative-time.tsx'
import { clock, count, exact } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { summaryText as words } from '../../strings/detail.ts'

export function SummaryStrip({ integration }: { readonly integration: Integration }) {
  const { client_id: clientId, last_used: lastUsed } = integration
  const now = useNow()
  const { data: slots } = useQuery(slotsQuery(clientId))
  const { data: sums } = useQuery(activitySumsQuery(clientId))
  const [next, ...others] = liveTokens(slots ?? [], now)
  const refused = sums && sumOf(sums.last_hour.refused) + sumOf(sums.last_hour.denied)
  return (
    <dl className="summary-strip">
      <Fact title={words.live} line={next && words.nextEnds(clock(next.endsAtMs - now))}>
        {slots && words.of(next === undefined ? 0 : others.length + 1, slots.length)}
      </Fact>
      <Fact title={words.issued} line={sums && words.since(exact(sums.since))}>
        {sums && count(sums.last_24_hours.issued)}
      </Fact>
      <Fact
        title={words.refused}
        line={sums && words.parts(sumOf(sums.last_hour.refused), sumOf(sums.last_hour.denied))}
      >
        {refused !== undefined && (
          <span style={refused > 0 ? { color: 'var(--lk-danger)' } : undefined}>{count(refused)}</span>
        )}
      </Fact>
      <Fact title={words.lastUsed} line={lastUsed?.address}>
        {lastUsed === null ? words.never : <RelativeTime time={lastUsed.at} />}
      </Fact>
    </dl>
  )
}

interface FactProps {
  readonly title: string
  readonly line?: string | undefined
  readonly children: ReactNode
}

function Fact({ title, line, children }: FactProps) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
      {line !== undefined && (
        <Text component="dd" size="xs" c="dimmed" className="wrap">
          {line}
        </Text>
      )}
    </div>
  )
}
