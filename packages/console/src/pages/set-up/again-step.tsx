// The fifth step: a second token request ends the first token. Tokens that this page requests stay in this component.
import { Button, Group, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration, TrialToken } from 'latchkey/admin-api'
import { useEffect, useState } from 'react'
import { serverQuery, slotsQuery } from '../../api/queries.ts'
import { useRequestToken } from '../../api/use-acts.ts'
import { announce } from '../../components/announce.ts'
import { Card } from '../../components/card.tsx'
import { type DecodedToken, decodeToken } from '../../components/decode-token.ts'
import { ProblemAlert } from '../../components/problem-alert.tsx'
import { RouterButton } from '../../components/router-link.tsx'
import { setUpText } from '../../strings/set-up.ts'
import { type FirstToken, useRequester } from './first-token.ts'
import { OwnTokenTile, TokenTile } from './token-tile.tsx'

export interface AgainStepProps {
  readonly integration: Integration
  readonly first: FirstToken
  readonly secret: string | undefined
  readonly onEnded: () => void
}

interface OwnToken extends DecodedToken {
  readonly text: string
  readonly generation: number
}

/** The number of tokens that the step keeps: one that ends, and the one that ends it. */
const KEPT = 2

export function AgainStep({ integration, first, secret, onEnded }: AgainStepProps) {
  const words = setUpText.again
  const { id, client_id: clientId } = integration
  const { data: server } = useQuery(serverQuery)
  const { data: slots } = useQuery(slotsQuery(clientId))
  const request = useRequestToken(id)
  const [own, setOwn] = useState<readonly OwnToken[]>([])
  const slot = slots?.find(({ scope }) => scope === first.scope)
  const hasEnded = (slot?.generation ?? 0) > first.token.generation
  const newest = slot?.live ?? undefined
  const isFromElsewhere = newest !== undefined && hasEnded && newest.generation > (own.at(-1)?.generation ?? 0)
  useEffect(() => {
    if (!hasEnded) return
    announce(words.ended)
    onEnded()
  }, [hasEnded, onEnded, words.ended])
  const isStable = integration.issue_mode.kind === 'stable'
  const hasKeptSecret =
    server?.secret_reveal === 'operators' && integration.authentication_methods.includes('client_secret_basic')
  const mayAsk = !isStable && (secret !== undefined || hasKeptSecret)
  const keep = ({ access_token: text, generation: number }: TrialToken) => {
    const decoded = decodeToken(text)
    if (decoded !== undefined) setOwn((before) => [...before, { ...decoded, text, generation: number }].slice(-KEPT))
    request.reset()
  }
  const ask = () =>
    request.mutate({ scope: first.scope, proof: secret === undefined ? {} : { secret } }, { onSuccess: keep })
  return (
    <Card title={hasEnded ? words.ended : words.title}>
      <Text>{isStable ? words.stable : hasEnded ? words.endedLine : words.line}</Text>
      <SimpleGrid cols={{ base: 1, sm: own.length === KEPT ? 3 : 2 }} spacing="sm">
        <ElsewhereTile clientId={clientId} {...first} />
        {own.map((token) => (
          <OwnTokenTile key={token.generation} clientId={clientId} token={token} text={token.text} />
        ))}
        {isFromElsewhere && <ElsewhereTile clientId={clientId} scope={first.scope} token={newest} />}
      </SimpleGrid>
      {own.length > 0 && <Text size="sm">{own.length === KEPT ? words.whole : words.more}</Text>}
      {request.error !== null && <ProblemAlert title={words.noToken} error={request.error} />}
      <Group>
        {mayAsk && (
          <Button variant={hasEnded ? 'default' : 'filled'} loading={request.isPending} onClick={ask}>
            {own.length === 0 ? words.ask : words.askMore}
          </Button>
        )}
        <RouterButton
          variant={hasEnded || !mayAsk ? 'filled' : 'default'}
          to="/models/integrations/$id/{-$tab}"
          params={{ id, tab: undefined }}
        >
          {setUpText.open}
        </RouterButton>
      </Group>
    </Card>
  )
}

/** A token that a program got elsewhere, such as in a terminal. */
function ElsewhereTile({ clientId, ...issued }: FirstToken & { readonly clientId: string }) {
  const by = useRequester(clientId, issued.scope, issued.token.generation)
  return <TokenTile clientId={clientId} token={claimsOf(issued)} from={setUpText.again.fromTerminal(by)} />
}

/** Returns the claims that the server reported. The page never gets the text of a token that went to a terminal. */
const claimsOf = ({ scope, token }: FirstToken): Pick<DecodedToken, 'claims'> => ({
  claims: { scope, jti: token.jti, gen: token.generation, exp: Date.parse(token.expires_at) / 1000 },
})
