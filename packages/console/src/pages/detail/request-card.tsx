// Requests a real token, and first warns about the token that the request ends. Keeps the received tokens until the
// operator leaves the page.
import { Button, PasswordInput, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration, TrialToken } from 'latchkey/admin-api'
import { useState } from 'react'
import { historyQuery, keysQuery, serverQuery } from '../../api/queries.ts'
import { useRequestToken } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { announce } from '../../components/announce.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { KeySnippets } from '../../components/key-snippets.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { count } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { tryText as words } from '../../strings/try.ts'
import { proofOf, workingKeys } from './any-credential.ts'
import { requestEffect } from './request-effect.ts'
import { TrialTokenCard, type TrialTokenText } from './trial-token-card.tsx'

/** The number of tokens that the page keeps: enough to see one token replace another. */
const KEPT = 3

export function RequestCard({ integration, scope }: { readonly integration: Integration; readonly scope: string }) {
  const mayEdit = useMay('editor')
  const { data: server } = useQuery(serverQuery)
  const [secret, setSecret] = useState('')
  const [tokens, setTokens] = useState<readonly TrialTokenText[]>([])
  const request = useRequestToken(integration.id)
  const now = useNow()
  const { data: slot } = useQuery(historyQuery(integration.client_id, scope))
  const effect = requestEffect(integration, slot, now)
  const mustBring = server?.secret_reveal === 'never'
  const hasSecret = integration.authentication_methods.includes('client_secret_basic')
  const onSuccess = ({ access_token: text, jti, generation, kind }: TrialToken) => {
    // In stable mode the server returns the same token, signed again.
    setTokens((before) => [{ jti, generation, text }, ...before.filter((kept) => kept.jti !== jti)].slice(0, KEPT))
    announce(kind === 'reused' ? words.reused(count(generation)) : words.arrived(count(generation)))
    // Removes the token from the state of the mutation, because `tokens` has it now.
    request.reset()
  }
  return (
    <Card title={words.request}>
      {effect !== undefined && (
        <Banner tone={effect.ends === undefined ? 'info' : 'warning'} title={effect.title}>
          {effect.ends}
        </Banner>
      )}
      {!hasSecret ? (
        <WithoutSecret integration={integration} scope={scope} />
      ) : mayEdit ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!request.isPending) request.mutate({ scope, ...(secret !== '' && { secret }) }, { onSuccess })
          }}
        >
          <PasswordInput
            label={words.secret}
            description={mustBring ? words.secretNeeded : words.secretHint}
            maw={480}
            mb="sm"
            autoComplete="off"
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
          <Button type="submit" loading={request.isPending} disabled={mustBring && secret === ''}>
            {tokens.length === 0 ? words.requestVerb : words.another}
          </Button>
        </form>
      ) : (
        <Text size="sm">{words.viewer}</Text>
      )}
      {request.error !== null && <ProblemAlert title={words.noToken} error={request.error} />}
      {tokens.map((token, index) => (
        <TrialTokenCard key={token.jti} token={token} clientId={integration.client_id} isNewest={index === 0} />
      ))}
    </Card>
  )
}

/** Shows how to request a token without a secret. Only the program has its private key, so this page cannot sign. */
function WithoutSecret({ integration, scope }: { readonly integration: Integration; readonly scope: string }) {
  const { data: keys } = useQuery(keysQuery(integration.id))
  if (proofOf(integration) === 'none') return <Text size="sm">{words.noCredential}</Text>
  return (
    <>
      <Text size="sm">{words.keyElsewhere}</Text>
      {keys !== undefined && <KeySnippets integration={integration} keys={workingKeys(keys)} fixedScope={scope} />}
    </>
  )
}
