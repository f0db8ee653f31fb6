// Inspects a pasted token: its claims, and its standing (live, superseded, expired…) by the last data of the server,
// updated each second.
import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Integration } from 'latchkey/admin-api'
import { useState } from 'react'
import { serverQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { ClaimTable } from '../../components/claim-table.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { CodeField } from '../../components/code-field.tsx'
import { type DecodedToken, decodeToken } from '../../components/decode-token.ts'
import { tryText as words } from '../../strings/try.ts'
import { TokenWorth, useWorth } from './token-worth.tsx'
import { VerifyAnswer } from './verify-answer.tsx'

export function InspectCard({ integration }: { readonly integration: Integration }) {
  const [text, setText] = useState('')
  const { data: server } = useQuery(serverQuery)
  const token = decodeToken(text)
  return (
    <Card title={words.inspect}>
      <Text size="sm" c="dimmed">
        {words.inspectLine}
      </Text>
      <CodeField
        label={words.paste}
        minRows={2}
        maxRows={6}
        autoComplete="off"
        value={text}
        error={text.trim() !== '' && token === undefined ? words.malformed : undefined}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text !== '' && (
        <Group>
          <Button size="xs" variant="default" onClick={() => setText('')}>
            {words.clear}
          </Button>
        </Group>
      )}
      {token !== undefined && (
        <>
          <Standing key={text} {...{ token, text, integration }} />
          <ClaimTable title={words.claims} claims={token.claims} />
          <ClaimTable title={words.header} claims={token.header} heading={words.headerMember} />
          {server !== undefined && (
            <>
              <Text fw={600} size="sm">
                {words.verifyCommand}
              </Text>
              <CodeBlock what="verify request" code={verifyCommand(server.issuer)} />
            </>
          )}
        </>
      )}
    </Card>
  )
}

interface StandingProps {
  readonly token: DecodedToken
  readonly text: string
  readonly integration: Integration
}

function Standing({ token, text, integration: { client_id: clientId } }: StandingProps) {
  const worth = useWorth(token, clientId)
  const isOwn = token.claims['client_id'] === clientId
  return (
    <>
      {isOwn ? <TokenWorth token={token} clientId={clientId} /> : <Text fw={600}>{words.foreign}</Text>}
      <VerifyAnswer token={text} scope={scopeOf(token)} worth={isOwn ? worth : undefined} />
    </>
  )
}

/** Returns the scope of the token. Undefined if it has none: the verify endpoint then gives the reason. */
const scopeOf = ({ claims: { scope } }: DecodedToken): string | undefined =>
  typeof scope === 'string' ? scope : undefined

/** Returns a command that does not contain the token, because other users of a machine can read its command lines. */
const verifyCommand = (issuer: string): string =>
  `curl --silent --show-error --include \\\n  --url '${issuer}/v1/verify' \\\n  --header "Authorization: Bearer $TOKEN"\n`
