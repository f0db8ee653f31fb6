// The states of an integration beside its name: active or disabled, contended, rotating.
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { activityQuery, secretsQuery } from '../../api/queries.ts'
import { IntegrationStatus, StatusWord } from '../../components/status-word.tsx'
import { Tags } from '../../components/tags.tsx'
import { useNow } from '../../components/use-now.ts'
import { protectText } from '../../strings/protect.ts'
import { t } from '../../strings.ts'
import { secretWarnings } from './secret-warnings.ts'

export function HeadStatus({
  integration: { id, client_id: clientId, status, resource_server_for: protects },
}: {
  readonly integration: Integration
}) {
  const { data: secrets = [] } = useQuery(secretsQuery(id))
  const { data: activity } = useQuery(activityQuery(clientId))
  const now = useNow()
  return (
    <>
      <IntegrationStatus status={status} />
      {protects.length > 0 && <Tags tags={[protectText.badge]} />}
      {(activity?.contention.length ?? 0) > 0 && <StatusWord tone="danger">{t.detail.contended}</StatusWord>}
      {secretWarnings(secrets, now).ending.length > 0 && <StatusWord tone="warning">{t.detail.rotating}</StatusWord>}
    </>
  )
}
