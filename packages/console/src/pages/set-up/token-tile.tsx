// One token of the first run: the caller that got it, its standing (live, superseded…), and the answer of the verify
// endpoint.
import { Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useId } from 'react'
import { slotsQuery } from '../../api/queries.ts'
import { useVerify } from '../../api/use-acts.ts'
import type { DecodedToken } from '../../components/decode-token.ts'
import { messageOf } from '../../components/problem-alert.tsx'
import { StatusWord } from '../../components/status-word.tsx'
import { clock, count } from '../../components/times.ts'
import { TokenBar } from '../../components/token-left.tsx'
import { useNow } from '../../components/use-now.ts'
import { tryText } from '../../strings/try.ts'
import { setUpText } from '../../strings/set-up.ts'
import { WORTH_TONES } from '../detail/token-worth.tsx'
import { type Worth, worthOf } from '../detail/worth-of.ts'

interface TokenTileProps {
  readonly clientId: string
  readonly token: Pick<DecodedToken, 'claims'>
  readonly from: string
  readonly verdict?: string | undefined
}

export function TokenTile({ clientId, token, from, verdict }: TokenTileProps) {
  const words = setUpText.again
  const id = useId()
  const now = useNow()
  const { slot, worth } = useStanding(clientId, token)
  return (
    <Paper component="section" aria-labelledby={id} withBorder p="sm">
      <Stack gap={6}>
        <Title order={3} id={id}>
          {words.token(count(Number(token.claims['gen'])))}
        </Title>
        <Text size="sm" c="dimmed" className="wrap">
          {from}
        </Text>
        {worth !== undefined && <StatusWord tone={WORTH_TONES[worth]}>{tryText.verdicts[worth]}</StatusWord>}
        {worth === 'live' && slot?.live && (
          <>
            <div className="countdown" role="timer" aria-live="off" aria-label={words.left}>
              {clock(slot.live.endsAtMs - now)}
            </div>
            <TokenBar token={slot.live} label={slot.scope} />
          </>
        )}
        {verdict !== undefined && (
          <Text size="sm">
            {words.verify} <strong>{verdict}</strong>
          </Text>
        )}
      </Stack>
    </Paper>
  )
}

interface OwnTokenTileProps {
  readonly clientId: string
  readonly token: DecodedToken
  readonly text: string
}

/** Sends its token to the verify endpoint, and again whenever the standing of the token changes. */
export function OwnTokenTile({ clientId, token, text }: OwnTokenTileProps) {
  const { worth } = useStanding(clientId, token)
  const { mutate, data, error, isPending } = useVerify()
  const scope = String(token.claims['scope'])
  useEffect(() => {
    if (worth !== undefined) mutate({ token: text, scope })
  }, [worth, mutate, text, scope])
  const answer = data === undefined ? undefined : [data.status, data.reason].filter((part) => part !== null).join(' ')
  // An answer from before the change must not stand beside the new standing.
  const verdict = isPending ? undefined : error === null ? answer : messageOf(error)
  return <TokenTile clientId={clientId} token={token} from={setUpText.again.fromPage} verdict={verdict} />
}

function useStanding(clientId: string, token: Pick<DecodedToken, 'claims'>) {
  const now = useNow()
  const { data: slots } = useQuery(slotsQuery(clientId))
  const slot = slots?.find(({ scope }) => scope === token.claims['scope'])
  const worth: Worth | undefined = slots === undefined ? undefined : worthOf(token, slot, now)
  return { slot, worth }
}
