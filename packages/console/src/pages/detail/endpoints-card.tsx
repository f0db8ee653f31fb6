// The URLs of the server for this integration.
import { Skeleton } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { serverQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { CopyText } from '../../components/copy-text.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { t } from '../../strings.ts'

export function EndpointsCard() {
  const server = useQuery(serverQuery)
  const words = t.detail.endpoints
  const rows = server.data && [
    [words.issuer, server.data.issuer],
    [words.token, server.data.token_endpoint],
    [words.jwks, server.data.jwks_uri],
    [words.introspection, server.data.introspection_endpoint],
    [words.revocation, server.data.revocation_endpoint],
  ]
  return (
    <Card title={words.title}>
      {server.isError && (
        <ProblemAlert title={t.snippets.failed} error={server.error} onRetry={() => void server.refetch()} />
      )}
      {server.isPending && <Skeleton h={140} />}
      {rows !== undefined && (
        <dl className="facts">
          {rows.map(([name = '', url = '']) => (
            <Row key={name} name={name} url={url} />
          ))}
        </dl>
      )}
    </Card>
  )
}

const Row = ({ name, url }: { readonly name: string; readonly url: string }) => (
  <>
    <dt>{name}</dt>
    <dd>
      <CopyText what={`${name} URL`} value={url} />
    </dd>
  </>
)
