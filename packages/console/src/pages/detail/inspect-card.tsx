// A token in hand: what it says, and what it is worth by what the server knows of its scope, from second to second.
import { Button, Group, Text, Textarea } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Integration } from '../../api/models.ts'
import { type CountedSlot, serverQuery, slotsQuery } from '../../api/queries.ts'
import { Card } from '../../components/card.tsx'
import { ClaimTable } from '../../components/claim-table.tsx'
import { CodeBlock } from '../../components/code-block.tsx'
import { type DecodedToken, decodeToken } from '../../components/decode-token.ts'
import { StatusWord } from '../../components/status-word.tsx'
import { clock } from '../../components/times.ts'
import { useNow } from '../../components/use-now.ts'
import { tryText as words } from '../../strings/try.ts'

type Verdict = keyof typeof words.verdicts

const TONES = {
  live: 'ok',
  grace: 'warning',
  superseded: 'danger',
  ended: 'danger',
  expired: 'quiet',
  unknown: 'quiet',
} as const

export function InspectCard({ integration }: { readonly integration: Integration }) {
  const [text, setText] = useState('')
  const { data: server } = useQuery(serverQuery)
  const token = decodeToken(text)
  return (
    <Card title={words.inspect}>
      <Text size="sm" c="dimmed">
        {words.inspectLine}
      </Text>
      <Textarea
        label={words.paste}
        autosize
        minRows={2}
        maxRows={6}
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
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
          {token.claims['client_id'] === integration.client_id ? (
            <Worth token={token} clientId={integration.client_id} />
          ) : (
            <Text fw={600}>{words.foreign}</Text>
          )}
          <ClaimTable title={words.claims} claims={token.claims} />
          <ClaimTable title={words.header} claims={token.header} />
          {server !== undefined && (
            <>
              <Text fw={600} size="sm">
                {words.verify}
              </Text>
              <CodeBlock what="verify request" code={verifyCommand(server.issuer)} />
            </>
          )}
        </>
      )}
    </Card>
  )
}

/** The token itself stays out of it: what is on a command line, other users of a machine can read. */
const verifyCommand = (issuer: string): string =>
  `curl --silent --show-error --include \\\n  --url '${issuer}/v1/verify' \\\n  --header "Authorization: Bearer $TOKEN"\n`

function Worth({ token, clientId }: { readonly token: DecodedToken; readonly clientId: string }) {
  const now = useNow()
  const { data: slots } = useQuery(slotsQuery(clientId))
  if (slots === undefined) return null
  const slot = slots.find(({ scope }) => scope === token.claims['scope'])
  const verdict = worthOf(token, slot, now)
  return (
    <div role="status" aria-live="polite" aria-atomic="true">
      <Group gap="sm">
        <StatusWord tone={TONES[verdict]}>{words.verdicts[verdict]}</StatusWord>
        <Text size="sm">{words.notes[verdict]}</Text>
      </Group>
      {verdict === 'live' && slot?.live && (
        <div className="countdown" role="timer" aria-live="off">
          {clock(slot.live.endsAtMs - now)}
        </div>
      )}
    </div>
  )
}

function worthOf({ claims }: DecodedToken, slot: CountedSlot | undefined, now: number): Verdict {
  const { jti, gen, exp } = claims
  if (slot === undefined || typeof gen !== 'number' || gen > slot.generation) return 'unknown'
  if (slot.live?.jti === jti && slot.live?.generation === gen) return slot.live.endsAtMs > now ? 'live' : 'expired'
  if (slot.in_grace !== null && slot.in_grace.jti === jti && Date.parse(slot.in_grace.accepted_until) > now)
    return 'grace'
  if (typeof exp === 'number' && exp * 1000 <= now) return 'expired'
  return slot.live !== null && gen < slot.live.generation ? 'superseded' : 'ended'
}
