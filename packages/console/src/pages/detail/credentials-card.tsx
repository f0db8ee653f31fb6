// Client ID and secrets of an integration. A secret is fetched when the operator shows or copies it, and not kept.
import { Divider, Skeleton, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { secretsQuery } from '../../api/queries.ts'
import { useMay } from '../../api/use-session.ts'
import { Card } from '../../components/card.tsx'
import { CopyText } from '../../components/copy-text.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { t } from '../../strings.ts'
import { SecretFacts } from './secret-facts.tsx'

export function CredentialsCard({ integration }: { readonly integration: Integration }) {
  const secrets = useQuery(secretsQuery(integration.id))
  const mayEdit = useMay('editor')
  const words = t.detail.credentials
  // Oldest first: during a rotation the old secret needs the operator's attention.
  const working = (secrets.data ?? []).filter(({ status }) => status !== 'ended')
  return (
    <Card title={words.title}>
      <dl className="facts">
        <dt>{words.clientId}</dt>
        <dd>
          <CopyText what="client ID" value={integration.client_id} />
        </dd>
      </dl>
      {secrets.isPending && <Skeleton h={120} />}
      {secrets.isError && (
        <ProblemAlert title={t.detail.failed} error={secrets.error} onRetry={() => void secrets.refetch()} />
      )}
      <Stack gap="sm">
        {working.map((secret, index) => (
          <Stack key={secret.id} gap="sm">
            <Divider />
            <SecretFacts
              integrationId={integration.id}
              secret={secret}
              role={working.length === 1 ? 'only' : index === working.length - 1 ? 'current' : 'old'}
            />
          </Stack>
        ))}
      </Stack>
      <Text size="sm" c="dimmed">
        {mayEdit ? words.lookedUp : words.viewer}
      </Text>
    </Card>
  )
}
