// Code that gets a token for the chosen scope, with a tab for each language.
import { Select, Stack, Tabs, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { serverQuery } from '../api/queries.ts'
import { snippetsOf } from '../snippets/snippets.ts'
import { CodeBlock } from './code-block.tsx'
import { firstScope } from './first-scope.ts'
import { MASK } from './mask.ts'
import { ProblemAlert } from './problem-alert.tsx'
import { t } from '../strings.ts'

export interface SnippetTabsProps {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  /** Fetches the secret when a snippet is copied. Undefined if the page has the secret, or may not have it. */
  readonly fetchSecret?: (() => Promise<string>) | undefined
  readonly scopes: readonly string[]
}

export function SnippetTabs({ clientId, clientSecret, fetchSecret, scopes }: SnippetTabsProps) {
  const server = useQuery(serverQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  const scope = chosen ?? firstScope(scopes)
  if (server.isError)
    return <ProblemAlert title={t.snippets.failed} error={server.error} onRetry={() => void server.refetch()} />
  if (server.data === undefined || scope === undefined) return null
  const { token_endpoint: tokenEndpoint } = server.data
  const snippetsWith = (secret: string | undefined) =>
    snippetsOf({ tokenEndpoint, clientId, clientSecret: secret, scope })
  const isFetched = clientSecret === undefined && fetchSecret !== undefined
  const fetchCode = async (id: string): Promise<string> => {
    const secret = await fetchSecret?.()
    return snippetsWith(secret).find((snippet) => snippet.id === id)?.code ?? ''
  }
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
          {snippetsWith(undefined).map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {snippetsWith(isFetched ? MASK : clientSecret).map(({ id, label, code }) => (
          <Tabs.Panel key={id} value={id} pt="sm">
            <CodeBlock
              what={t.snippets.what(label)}
              code={code}
              secret={clientSecret}
              toCopy={isFetched ? () => fetchCode(id) : undefined}
            />
          </Tabs.Panel>
        ))}
      </Tabs>
      <Text size="sm" c="dimmed">
        {clientSecret !== undefined && `${t.snippets.masked} `}
        {isFetched && `${t.snippets.fetched} `}
        {t.snippets.keep}
      </Text>
    </Stack>
  )
}
