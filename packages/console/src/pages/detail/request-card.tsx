// Requests a real token, and first warns about the token that the request ends. Keeps the received tokens until the
// operator leaves the page.
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration, TrialToken } from 'latchkey/admin-api'
import { useState } from 'react'
import { isProblem } from '../../api/problem.ts'
import { historyQuery, keysQuery, serverQuery } from '../../api/queries.ts'
import { type TrialProof, useRequestToken, useTestTrust } from '../../api/use-acts.ts'
import { useMay } from '../../api/use-session.ts'
import { announce } from '../../components/announce.ts'
import { Banner } from '../../components/banner.tsx'
import { Card } from '../../components/card.tsx'
import { decodeToken } from '../../components/decode-token.ts'
import { KeySnippets } from '../../components/key-snippets.tsx'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterLink } from '../../components/router-link.tsx'
import { count } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { authenticationText } from '../../strings/authentication.ts'
import { tryText as words } from '../../strings/try.ts'
import { proofOf, workingKeys } from './any-credential.ts'
import { requestEffect } from './request-effect.ts'
import { TrialForm } from './trial-form.tsx'
import { TrialTokenCard, type TrialTokenText } from './trial-token-card.tsx'
import { TrustChecks } from './trust-checks.tsx'

/** The number of tokens that the page keeps: enough to see one token replace another. */
const KEPT = 3

/** The kinds of proof for the credentials that work. */
const KINDS = { secret: ['secret'], key: ['assertion'], both: ['secret', 'assertion'] } as const

export function RequestCard({ integration, scope }: { readonly integration: Integration; readonly scope: string }) {
  const { id, client_id: clientId } = integration
  const mayEdit = useMay('editor')
  const { data: server } = useQuery(serverQuery)
  const [tokens, setTokens] = useState<readonly TrialTokenText[]>([])
  const request = useRequestToken(id)
  const test = useTestTrust()
  const now = useNow()
  const { data: slot } = useQuery(historyQuery(clientId, scope))
  const effect = requestEffect(integration, slot, now)
  const proven = proofOf(integration)
  const onSuccess = ({ access_token: text, jti, generation, kind }: TrialToken) => {
    // In stable mode the server returns the same token, signed again.
    setTokens((before) => [{ jti, generation, text }, ...before.filter((kept) => kept.jti !== jti)].slice(0, KEPT))
    announce(kind === 'reused' ? words.reused(count(generation)) : words.arrived(count(generation)))
    // Removes the token from the state of the mutation, because `tokens` has it now.
    request.reset()
  }
  const submit = (proof: TrialProof) => {
    test.reset()
    const onError = (error: unknown) => {
      const isTested =
        'assertion' in proof && isProblem(error, 'token_request_refused') && isOfPlatform(proof.assertion)
      if (isTested) test.mutate({ assertion: proof.assertion, integration: clientId })
    }
    request.mutate({ scope, proof }, { onSuccess, onError })
  }
  return (
    <Card title={words.request}>
      {effect !== undefined && proven !== 'none' && (
        <Banner tone={effect.ends === undefined ? 'info' : 'warning'} title={effect.title}>
          {effect.ends}
        </Banner>
      )}
      {proven === 'none' ? (
        <Text size="sm">
          {words.noCredential}{' '}
          {mayEdit && (
            <RouterLink to="/models/integrations/$id/{-$tab}" params={{ id, tab: 'authentication' }} size="sm">
              {authenticationText.addOne}
            </RouterLink>
          )}
        </Text>
      ) : mayEdit ? (
        <TrialForm
          kinds={KINDS[proven]}
          mustBring={server?.secret_reveal === 'never'}
          isPending={request.isPending}
          verb={tokens.length === 0 ? words.requestVerb : words.another}
          onSubmit={submit}
          onChange={() => {
            request.reset()
            test.reset()
          }}
        />
      ) : (
        <Text size="sm">{words.viewer}</Text>
      )}
      {request.error !== null && <ProblemAlert title={words.noToken} error={request.error} />}
      {request.error !== null && test.data?.accepted === false && <TrustChecks verdict={test.data} />}
      {tokens.map((token, index) => (
        <TrialTokenCard key={token.jti} token={token} clientId={clientId} isNewest={index === 0} />
      ))}
      {proven === 'key' && <OwnCommand integration={integration} scope={scope} />}
    </Card>
  )
}

/**
 * The server tests only assertions of platforms. In an assertion that a client signs, the client itself is the issuer.
 */
const isOfPlatform = (assertion: string): boolean => {
  const issuer = decodeToken(assertion)?.claims['iss']
  return typeof issuer !== 'string' || !/^lk[a-z0-9]{14}$/.test(issuer)
}

/** Shows how the program itself requests a token. Only the program has its private key, so this page cannot sign. */
function OwnCommand({ integration, scope }: { readonly integration: Integration; readonly scope: string }) {
  const { data: keys } = useQuery(keysQuery(integration.id))
  return (
    <details>
      <summary>{words.command}</summary>
      {keys !== undefined && <KeySnippets integration={integration} keys={workingKeys(keys)} fixedScope={scope} />}
    </details>
  )
}
