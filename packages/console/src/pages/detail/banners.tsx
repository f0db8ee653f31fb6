// The warnings about an integration: disabled, contended, in rotation, about to lose its secret.
import { Anchor, Collapse, List, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration, IntegrationSecret } from 'latchkey/admin-api'
import { useId, useState } from 'react'
import { activityQuery, secretsQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { Banner } from '../../components/banner.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { duration, plural } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { authenticationText } from '../../strings/authentication.ts'
import { t } from '../../strings.ts'
import { type ContentionSummary, contentionSummary } from './contention-summary.ts'
import { proofOf } from './any-credential.ts'
import { EndCredential } from './end-credential.tsx'
import { provenName } from './requester-name.ts'
import { lastUseOf, secretWarnings } from './secret-warnings.ts'
import { useCredentials } from './use-credentials.ts'

const words = t.detail.banner

export interface BannersProps {
  readonly integration: Integration
  /** The overview shows them all. The other tabs show only that the integration is disabled. */
  readonly isOverview: boolean
}

export function Banners({ integration, isOverview }: BannersProps) {
  return (
    <>
      {integration.status === 'disabled' && (
        <Banner tone="danger" title={words.disabled}>
          {words.disabledBody}
        </Banner>
      )}
      {isOverview && <OverviewBanners integration={integration} />}
    </>
  )
}

function OverviewBanners({ integration }: { readonly integration: Integration }) {
  const { id, client_id: clientId } = integration
  const { data: secrets = [] } = useQuery(secretsQuery(id))
  const { data: activity } = useQuery(activityQuery(clientId))
  const now = useNow()
  const { ending, newestEndsInMs } = secretWarnings(secrets, now)
  const contention = contentionSummary(activity?.contention ?? [])
  // A program with a key can still request tokens when the secret has ended.
  const hasKey = proofOf(integration) !== 'secret'
  const mayEdit = useMay('editor')
  return (
    <>
      {integration.status === 'active' && proofOf(integration) === 'none' && (
        <Banner tone="danger" title={authenticationText.noToken}>
          <RouterLink to="/models/integrations/$id/{-$tab}" params={{ id, tab: 'authentication' }} size="sm">
            {mayEdit ? authenticationText.addOne : authenticationText.seeAll}
          </RouterLink>
        </Banner>
      )}
      {contention !== undefined && <ContentionBanner integrationId={id} contention={contention} />}
      {ending.map((secret) => (
        <RotationBanner key={secret.id} integration={integration} secret={secret} now={now} />
      ))}
      {newestEndsInMs !== undefined && !hasKey && (
        <Banner tone="warning" title={words.expiring}>
          {words.expiringBody(duration(newestEndsInMs))}
        </Banner>
      )}
    </>
  )
}

interface RotationBannerProps {
  readonly integration: Integration
  readonly secret: IntegrationSecret
  readonly now: number
}

function RotationBanner({ integration, secret, now }: RotationBannerProps) {
  const end = secret.ends_at
  return (
    <Banner
      tone="info"
      title={words.rotation}
      actions={
        <EndCredential integration={integration} credential={{ ...secret, kind: 'secret' }} label={words.endOld} />
      }
    >
      {words.rotationBody(duration(Date.parse(end ?? '') - now))} {lastUseOf(secret, now)}
    </Banner>
  )
}

interface ContentionBannerProps {
  readonly integrationId: string
  readonly contention: ContentionSummary
}

function ContentionBanner({ integrationId, contention }: ContentionBannerProps) {
  const [isOpen, setOpen] = useState(false)
  const id = useId()
  const { credentials = [] } = useCredentials(integrationId)
  const { kind, supersessions, since, sources, scopes, cures } = contention
  return (
    <Banner
      tone="warning"
      title={words.contention[kind]}
      actions={
        <Anchor component="button" size="sm" aria-expanded={isOpen} aria-controls={id} onClick={() => setOpen(!isOpen)}>
          {isOpen ? words.hide : words.show}
        </Anchor>
      }
    >
      {words.contended(plural(supersessions, 'time'))} <RelativeTime time={since} />.
      <Collapse expanded={isOpen} id={id}>
        <SimpleGrid cols={{ base: 1, md: 2 }} mt="xs">
          <div>
            <Text size="sm" fw={600}>
              {words.callers(scopes)}
            </Text>
            <List size="sm">
              {sources.map((source) => (
                <List.Item key={source.address + source.user_agent + source.credential_id}>
                  {words.source(provenName(source, credentials), plural(source.requests, 'request'))}
                </List.Item>
              ))}
            </List>
          </div>
          <div>
            <Text size="sm" fw={600}>
              {words.cures}
            </Text>
            <List size="sm">
              {cures.map(({ code, what }) => (
                <List.Item key={code}>{what}</List.Item>
              ))}
            </List>
            <Text size="sm">
              <DocsLink to="random-401s.html#what-to-do">{words.more}</DocsLink>
            </Text>
          </div>
        </SimpleGrid>
      </Collapse>
    </Banner>
  )
}
