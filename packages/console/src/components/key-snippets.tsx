// Code that gets a token for the chosen scope with a key of the program, with a tab for each way.
import { Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { KeyCredential, Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { serverQuery } from '../api/queries.ts'
import { keyFactsOf, keySnippetsOf } from '../snippets/key-snippets.ts'
import { keySnippetText as words } from '../strings/authentication.ts'
import { t } from '../strings.ts'
import { CodeTabs } from './code-tabs.tsx'
import { firstScope } from './first-scope.ts'
import { ProblemAlert } from './problem-alert.tsx'
import { ScopeChoice } from './scope-choice.tsx'

export interface KeySnippetsProps {
  readonly integration: Pick<Integration, 'client_id' | 'scopes'>
  /** The keys with which the program can sign now. The last key is chosen until the operator chooses another. */
  readonly keys: readonly KeyCredential[]
  /** The scope of the snippets, if the page around them already lets the operator choose it. */
  readonly fixedScope?: string
}

export function KeySnippets({ integration: { client_id: clientId, scopes }, keys, fixedScope }: KeySnippetsProps) {
  const server = useQuery(serverQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  const [keyId, setKeyId] = useState<string | null>(null)
  const scope = fixedScope ?? chosen ?? firstScope(scopes)
  const key = keys.find(({ id }) => id === keyId) ?? keys.at(-1)
  if (server.isError)
    return <ProblemAlert title={t.snippets.failed} error={server.error} onRetry={() => void server.refetch()} />
  if (key === undefined) return <Text>{words.platform}</Text>
  if (server.data === undefined || scope === undefined) return null
  const { issuer } = server.data
  const snippets = keySnippetsOf({ issuer, clientId, scope, ...keyFactsOf(key) })
  return (
    <Stack gap="sm">
      <Text size="sm">{words.line}</Text>
      {keys.length > 1 && (
        <Select
          label={words.key}
          maw={480}
          allowDeselect={false}
          data={keys.map((one) => ({ value: one.id, label: words.keyOf(one.kid, one.alg) }))}
          value={key.id}
          onChange={setKeyId}
        />
      )}
      {fixedScope === undefined && <ScopeChoice scopes={scopes} scope={scope} onChoose={setChosen} />}
      <CodeTabs key={key.alg} examples={snippets} />
      <Text size="sm" c="dimmed">
        {words.keep}
      </Text>
    </Stack>
  )
}
