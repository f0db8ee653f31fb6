// How a program uses this integration, in several languages.
import { Text } from '@mantine/core'
import type { Integration } from 'latchkey/admin-api'
import { Card } from '../../components/card.tsx'
import { SnippetTabs } from '../../components/snippet-tabs.tsx'
import { t } from '../../strings.ts'

export function QuickStartTab({ integration }: { readonly integration: Integration }) {
  return (
    <Card title={t.detail.tabs.quickstart}>
      <Text>{t.detail.quickStart.line}</Text>
      <SnippetTabs clientId={integration.client_id} scopes={integration.scopes} />
    </Card>
  )
}
