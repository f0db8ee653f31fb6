// The states of an integration beside its name, in the words of the list.
import type { Integration } from 'latchkey/admin-api'
import { IntegrationStatus } from '../../components/status-word.tsx'
import { Tags } from '../../components/tags.tsx'
import { protectText } from '../../strings/protect.ts'
import { AttentionPills } from '../integrations/attention-pills.tsx'

export const HeadStatus = ({ integration }: { readonly integration: Integration }) => (
  <>
    <IntegrationStatus {...integration} />
    {integration.resource_server_for.length > 0 && <Tags tags={[protectText.badge]} />}
    <AttentionPills reasons={integration.attention} />
  </>
)
