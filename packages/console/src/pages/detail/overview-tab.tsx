// The overview of an integration: its credentials, its live tokens, its endpoints, its last hour.
import { SimpleGrid, Stack } from '@mantine/core'
import type { Integration } from 'latchkey/admin-api'
import { ActivityCharts } from './activity-charts.tsx'
import { ConnectCard } from './connect-card.tsx'
import { CredentialsCard } from './credentials-card.tsx'
import { EndpointsCard } from './endpoints-card.tsx'
import { LiveTokenCards } from './live-token-cards.tsx'
import { SummaryStrip } from './summary-strip.tsx'

export function OverviewTab({ integration }: { readonly integration: Integration }) {
  return (
    <Stack>
      <SummaryStrip integration={integration} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <CredentialsCard integration={integration} />
        <LiveTokenCards integration={integration} />
      </SimpleGrid>
      <ActivityCharts clientId={integration.client_id} />
      {integration.resource_server_for.length > 0 && <ConnectCard integration={integration} />}
      <EndpointsCard />
    </Stack>
  )
}
