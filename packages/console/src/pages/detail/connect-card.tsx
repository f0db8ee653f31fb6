// How an API or gateway checks its tokens with this integration's credentials.
import { Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { scopesQuery, serverQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { firstScope } from '../../components/first-scope.ts'
import { protectSnippets } from '../../snippets/protect-snippets.ts'
import { protectText as words } from '../../strings/protect.ts'

export function ConnectCard({ integration }: { readonly integration: Integration }) {
  const { data: server } = useQuery(serverQuery)
  const { data: scopes = [] } = useQuery(scopesQuery)
  const scope = firstScope(integration.resource_server_for)
  const audience = scopes.find(({ name }) => name === scope)?.audience
  if (server === undefined || scope === undefined || audience === undefined) return null
  const snippets = protectSnippets({ issuer: server.issuer, clientId: integration.client_id, scope, audience })
  return (
    <Card title={words.title}>
      <Text>{words.line}</Text>
      <Tabs defaultValue="guard" keepMounted={false}>
        <Tabs.List>
          {snippets.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ id, label, code }) => (
          <Tabs.Panel key={id} value={id} pt="sm">
            <CodeBlock what={words.example(label)} code={code} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  )
}
