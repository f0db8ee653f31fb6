// Code that gets a token for the chosen scope, with a tab for each language.
import { Select, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { serverQuery } from '../api/queries.ts'
import { snippetsOf } from '../snippets/snippets.ts'
import { CodeBlock } from './code-block.tsx'
import { ProblemAlert } from './problem-alert.tsx'
import { t } from '../strings.ts'

export interface SnippetTabsProps {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  readonly scopes: readonly string[]
}

export function SnippetTabs({ clientId, clientSecret, scopes }: SnippetTabsProps) {
  const server = useQuery(serverQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  const scope = chosen ?? scopes[0]
  if (server.isError)
    return <ProblemAlert title={t.snippets.failed} error={server.error} onRetry={() => void server.refetch()} />
  if (server.data === undefined || scope === undefined) return null
  const snippets = snippetsOf({ tokenEndpoint: server.data.token_endpoint, clientId, clientSecret, scope })
  return (
    <Stack gap="sm">
      {scopes.length > 1 && (
        <Select
          label={t.snippets.scope}
          description={t.snippets.oneScope}
          maw={320}
          allowDeselect={false}
          data={[...scopes]}
          value={scope}
          onChange={setChosen}
        />
      )}
      <Tabs defaultValue="curl" keepMounted={false}>
        <Tabs.List>
          {snippets.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippets.map(({ id, label, code }) => (
          <Tabs.Panel key={id} value={id} pt="sm">
            <CodeBlock what={t.snippets.what(label)} code={code} secret={clientSecret} />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Text size="sm" c="dimmed">
        {clientSecret !== undefined && `${t.snippets.masked} `}
        {t.snippets.keep}
      </Text>
    </Stack>
  )
}
