// The live token of each scope of an integration: its remaining lifetime as a bar and as a time.
import { Skeleton, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { Fragment } from 'react'
import { slotsQuery } from '../../api/queries.ts'
import { clock } from '../../components/times.ts'
import { TokenBar } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { t } from '../../strings.ts'
import { shortScopes } from './short-scopes.ts'

const MOST = 3

export function ScopeBars({
  integration: { name, client_id: clientId, scopes },
}: {
  readonly integration: Integration
}) {
  const { data: slots } = useQuery(slotsQuery(clientId))
  const now = useNow()
  if (slots === undefined) return <Skeleton h={16} miw={160} />
  const names = shortScopes(scopes)
  const bars = scopes.map((scope, index) => {
    const live = slots.find((slot) => slot.scope === scope)?.live ?? null
    return { scope, name: names[index] ?? scope, live: live !== null && live.endsAtMs > now ? live : null }
  })
  // The live tokens are shown first if there is no room for all scopes.
  const shown = bars.toSorted((one, other) => Number(one.live === null) - Number(other.live === null)).slice(0, MOST)
  const hidden = bars.length - shown.length
  return (
    <>
      <div className="scope-bars">
        {shown.map(({ scope, name: short, live }) => (
          <Fragment key={scope}>
            <span title={scope}>{short}</span>
            {live === null ? <span /> : <TokenBar token={live} label={`${name}, ${scope}`} />}
            <Text span inherit ta="right" {...(live === null && { c: 'dimmed' })}>
              {live === null ? t.list.noToken : clock(live.endsAtMs - now)}
            </Text>
          </Fragment>
        ))}
      </div>
      {hidden > 0 && (
        <Text size="xs" c="dimmed">
          {t.list.moreScopes(hidden)}
        </Text>
      )}
    </>
  )
}
