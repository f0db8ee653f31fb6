// The integrations whose callers supersede each other's tokens, with links to the remedies.
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Contention } from 'latchkey/admin-api'
import { integrationQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { overviewText as words } from '../../strings/activity.ts'

const MOST = 5

const KINDS: Readonly<Record<Contention['kind'], string>> = {
  several_sources: words.several,
  one_source: words.one,
  refused_early: words.refusedEarly,
}

export function ContentionCard({ contention }: { readonly contention: readonly Contention[] }) {
  const worst = contention.toSorted((one, other) => other.supersessions - one.supersessions)
  return (
    <Card title={words.contention}>
      {contention.length === 0 ? (
        <Text>
          {words.noContention} <DocsLink to="random-401s.html">{words.aboutContention}</DocsLink>
        </Text>
      ) : (
        <Stack component="ul" gap="sm" m={0} p={0} style={{ listStyle: 'none' }}>
          {worst.slice(0, MOST).map((slot) => (
            <li key={`${slot.client_id} ${slot.scope}`}>
              <Contended slot={slot} />
            </li>
          ))}
        </Stack>
      )}
      {worst.length > MOST && <Text size="sm">{words.moreContended(worst.length - MOST)}</Text>}
    </Card>
  )
}

function Contended({ slot }: { readonly slot: Contention }) {
  const { client_id: id, scope, kind, sources, supersessions, since } = slot
  const { data: integration } = useQuery(integrationQuery(id))
  return (
    <>
      <RouterLink to="/models/integrations/$id/{-$tab}" params={{ id, tab: undefined }} fw={600} className="wrap">
        {integration?.name ?? id}
      </RouterLink>
      <Text size="sm" className="mono">
        {scope}
      </Text>
      <Text size="sm" component="div">
        <StatusWord tone="warning">{KINDS[kind]}</StatusWord>
      </Text>
      <Text size="sm" component="div">
        {words.times(supersessions)}, {words.callers(sources.length)}, {words.began} <RelativeTime time={since} />
      </Text>
    </>
  )
}
