// The list if there are no integrations.
import { Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { scopesQuery, serverQuery } from '../../api/queries.ts'
import { CodeBlock } from '../../components/code-block.tsx'
import { DocsLink } from '../../components/docs-link.tsx'
import { RouterButton } from '../../components/router-link.tsx'
import { curlCommand } from '../../snippets/snippets.ts'
import { t } from '../../strings.ts'

export function EmptyList({ mayCreate }: { readonly mayCreate: boolean }) {
  const { data: server } = useQuery(serverQuery)
  const { data: scopes = [] } = useQuery(scopesQuery)
  const scope = scopes.find(({ name }) => name.endsWith('.predict')) ?? scopes[0]
  return (
    <Paper withBorder p="xl">
      <Stack align="stretch">
        <Title order={2}>{t.list.emptyTitle}</Title>
        <Text>{t.list.empty}</Text>
        {mayCreate && (
          <RouterButton to="/models/integrations/new" w="fit-content">
            {t.list.create}
          </RouterButton>
        )}
        {server !== undefined && scope !== undefined && (
          <>
            <Text size="sm">{t.list.start}</Text>
            <CodeBlock
              what={t.list.startCommand}
              code={curlCommand({
                tokenEndpoint: server.token_endpoint,
                clientId: '',
                clientSecret: undefined,
                scope: scope.name,
              })}
            />
            <Text size="sm">
              <DocsLink to="authentication-api.html">{t.list.more}</DocsLink>
            </Text>
          </>
        )}
      </Stack>
    </Paper>
  )
}
