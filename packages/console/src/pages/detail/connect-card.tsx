// How an API or gateway checks the tokens of its callers with this integration's credentials.
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { keysQuery, scopesQuery, serverQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { CodeTabs } from '../../components/code-tabs.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { firstScope } from '../../components/first-scope.ts'
import { keyFactsOf } from '../../snippets/key-snippets.ts'
import { protectSnippets } from '../../snippets/protect-snippets.ts'
import { protectText as words } from '../../strings/protect.ts'
import { proofOf, workingKeys } from './any-credential.ts'

export function ConnectCard({ integration }: { readonly integration: Integration }) {
  const { data: server } = useQuery(serverQuery)
  const { data: scopes = [] } = useQuery(scopesQuery)
  const { data: keys } = useQuery(keysQuery(integration.id))
  const scope = firstScope(integration.resource_server_for)
  const audience = scopes.find(({ name }) => name === scope)?.audience
  // Before the keys are known, the code would name a client secret that the integration may not have.
  if (server === undefined || keys === undefined || scope === undefined || audience === undefined) return null
  const key = proofOf(integration) === 'key' ? workingKeys(keys).at(-1) : undefined
  const facts = { issuer: server.issuer, clientId: integration.client_id, key: key && keyFactsOf(key) }
  return (
    <Card title={words.title}>
      <Text>
        {words.line} <DocsLink to="protect-an-api.html">{words.more}</DocsLink>
      </Text>
      <CodeTabs examples={protectSnippets({ ...facts, scope, audience })} />
    </Card>
  )
}
