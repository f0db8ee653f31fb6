// The warnings about an integration: disabled, contended, in rotation, about to lose its secret.
import { Group, List, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Contention, Integration, IntegrationSecret } from 'latchkey/admin-api'
import { activityQuery, secretsQuery } from '../../api/queries.ts'
import { Banner } from '../../components/banner.tsx'
import { duration, plural, relative } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { t } from '../../strings.ts'
import { secretWarnings } from './secret-warnings.ts'

export function Banners({ integration }: { readonly integration: Integration }) {
  const { data: secrets = [] } = useQuery(secretsQuery(integration.id))
  const { data: activity } = useQuery(activityQuery(integration.client_id))
  const now = useNow()
  const { ending, newestEndsInMs } = secretWarnings(secrets, now)
  const words = t.detail.banner
  return (
    <>
      {integration.status === 'disabled' && (
        <Banner tone="danger" title={words.disabled}>
          {words.disabledBody}
        </Banner>
      )}
      {activity?.contention.map((contention) => (
        <ContentionBanner key={contention.scope} contention={contention} />
      ))}
      {ending.map((secret) => (
        <RotationBanner key={secret.id} secret={secret} now={now} />
      ))}
      {newestEndsInMs !== undefined && (
        <Banner tone="warning" title={words.expiring(duration(newestEndsInMs))}>
          {words.expiringBody}
        </Banner>
      )}
    </>
  )
}

function RotationBanner({ secret, now }: { readonly secret: IntegrationSecret; readonly now: number }) {
  const words = t.detail.banner
  const { last_used: used, ends_at: end } = secret
  return (
    <Banner tone="info" title={words.rotation}>
      {words.rotationBody(duration(Date.parse(end ?? '') - now))}{' '}
      {used === null ? words.oldUnused : words.oldUsed(relative(used.at, now), used.address)}
    </Banner>
  )
}

function ContentionBanner({ contention }: { readonly contention: Contention }) {
  const words = t.detail.banner
  const { scope, kind, supersessions, sources, cures } = contention
  return (
    <Banner tone="warning" title={words.contention(scope)}>
      <Text size="sm">{words.contended(kind, plural(supersessions, 'time'))}</Text>
      <Group align="flex-start" gap="sm">
        <List size="sm">
          {sources.map((source) => (
            <List.Item key={source.address + source.user_agent + source.secret_id}>
              {words.source(source.address, source.user_agent, plural(source.requests, 'request'))}
            </List.Item>
          ))}
        </List>
        <div>
          <Text size="sm" fw={600}>
            {words.cures}
          </Text>
          <List size="sm">
            {cures.map(({ code, what }) => (
              <List.Item key={code}>{what}</List.Item>
            ))}
          </List>
        </div>
      </Group>
    </Banner>
  )
}
