// Code that gets a token for the chosen scope with the client secret, with a tab for each language.
import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { serverQuery } from '../api/queries.ts'
import { snippetsOf } from '../snippets/snippets.ts'
import { CodeTabs } from './code-tabs.tsx'
import { firstScope } from './first-scope.ts'
import { MASK } from './mask.ts'
import { ProblemAlert } from './problem-alert.tsx'
import { ScopeChoice } from './scope-choice.tsx'
import { t } from '../strings.ts'

export interface SnippetTabsProps {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  /**
   * Fetches the secret when a snippet is copied. Undefined if the page already has the secret, or if the operator may
   * not see it.
   */
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
      <ScopeChoice scopes={scopes} scope={scope} onChoose={setChosen} />
      <CodeTabs
        examples={snippetsWith(isFetched ? MASK : clientSecret).map((snippet) => ({
          ...snippet,
          secret: clientSecret,
          toCopy: isFetched ? () => fetchCode(snippet.id) : undefined,
        }))}
      />
      <Text size="sm" c="dimmed">
        {clientSecret !== undefined && `${t.snippets.masked} `}
        {isFetched && `${t.snippets.fetched} `}
        {t.snippets.keep}
      </Text>
    </Stack>
  )
}
