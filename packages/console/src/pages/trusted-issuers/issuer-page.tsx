// The page of one trusted issuer: its settings, its keys, and the integrations that trust it.
import { Breadcrumbs, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { TrustedIssuer } from 'latchkey/admin-api'
import { issuersQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { CopyText } from '../../components/copy-text.tsx'
import { PageHead } from '../../components/page-head.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RelativeTime } from '../../components/relative-time.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { duration } from '../../components/times.ts'
import { issuerFormText, issuersText as words } from '../../strings/issuers.ts'
import { pagesText } from '../../strings/pages.ts'
import { IssuerActions } from './issuer-actions.tsx'
import { IssuerStatus } from './issuer-facts.tsx'
import { IssuerUses } from './issuer-uses.tsx'
import { KeysCard } from './keys-card.tsx'

export function IssuerPage() {
  const { id } = useParams({ from: '/shell/settings/trusted-issuers/$id' })
  const issuers = useQuery(issuersQuery)
  const issuer = issuers.data?.find((one) => one.id === id)
  if (issuer !== undefined) return <Issuer issuer={issuer} />
  if (issuers.data !== undefined)
    return (
      <Stack>
        <PageHead title={words.gone} line={words.goneLine} />
        <RouterLink to="/settings/trusted-issuers">{words.back}</RouterLink>
      </Stack>
    )
  if (issuers.isError)
    return <ProblemAlert title={words.failed} error={issuers.error} onRetry={() => void issuers.refetch()} />
  return <Skeleton h={320} role="status" aria-label={words.loading} />
}

function Issuer({ issuer }: { readonly issuer: TrustedIssuer }) {
  const isOwner = useMay('owner')
  return (
    <>
      <nav aria-label={words.trail}>
        <Breadcrumbs>
          <Text size="sm">{words.settings}</Text>
          <RouterLink to="/settings/trusted-issuers" size="sm">
            {pagesText.pages.issuers}
          </RouterLink>
        </Breadcrumbs>
      </nav>
      <PageHead
        title={issuer.name}
        tabTitle={`${issuer.name}: ${pagesText.pages.issuers}`}
        line={issuerFormText.platforms[issuer.platform]}
        beside={<IssuerStatus issuer={issuer} />}
        actions={isOwner && <IssuerActions issuer={issuer} />}
      />
      {!isOwner && <Text size="sm">{words.viewer}</Text>}
      <Card title={words.about}>
        <Facts issuer={issuer} />
      </Card>
      <KeysCard issuer={issuer} />
      <IssuerUses issuer={issuer} />
    </>
  )
}

function Facts({ issuer }: { readonly issuer: TrustedIssuer }) {
  const { id, url, audience, algorithms, keys, tls_ca: authority, stale_seconds: seconds, created_at: at } = issuer
  const isFetched = keys.source !== 'inline'
  return (
    <dl className="facts">
      <dt>{words.url}</dt>
      <dd className="wrap">
        <CopyText what="URL" value={url} />
      </dd>
      <dt>{words.audience}</dt>
      <dd className="wrap">{audience ?? words.ownAudience}</dd>
      <dt>{words.algorithms}</dt>
      <dd>{algorithms.join(', ')}</dd>
      {isFetched && (
        <>
          <dt>{words.staleFor}</dt>
          <dd>{words.staleTime(duration(seconds * 1000))}</dd>
          <dt>{words.authority}</dt>
          <dd>{authority === null ? words.systemAuthority : words.ownAuthority}</dd>
        </>
      )}
      <dt>{words.added}</dt>
      <dd>
        <RelativeTime time={at} />
      </dd>
      <dt>{words.id}</dt>
      <dd className="wrap">
        <CopyText what={`ID ${id}`} value={id} />
      </dd>
    </dl>
  )
}
